import { createInterface } from 'node:readline/promises';
import type { Person } from '../../ports.ts';

/** Whoever sits at the terminal of this process. The question goes to stderr: stdout is the answer's alone. */
export function personAt(facts: Pick<Person, 'agrees' | 'approves' | 'present'>): Person {
  return {
    ...facts,
    async ask(question) {
      const talk = createInterface({ input: process.stdin, output: process.stderr });
      // Ctrl-C and Ctrl-D close it: both are a no.
      const closed = new Promise<string>((done) => talk.once('close', () => done('')));
      talk.once('SIGINT', () => talk.close());
      try {
        const answer = await Promise.race([talk.question(`${question} [y/N] `), closed]);
        return /^y(es)?$/i.test(answer.trim());
      } finally {
        talk.close();
      }
    },
  };
}
