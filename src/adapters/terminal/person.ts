import { createInterface } from 'node:readline/promises';
import type { Person } from '../../ports.ts';

/** Whoever sits at the terminal of this process. The question goes to stderr: stdout is the answer's alone. */
export function personAt(facts: Pick<Person, 'agrees' | 'present'>): Person {
  return {
    ...facts,
    async ask(question) {
      const talk = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return /^y(es)?$/i.test((await talk.question(`${question} [y/N] `)).trim());
      } finally {
        talk.close();
      }
    },
  };
}
