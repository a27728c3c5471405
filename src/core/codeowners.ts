import { machineOf } from './automaton.ts';
import { ownsOf } from './claims.ts';
import { readPattern } from './pattern.ts';

/** Paths that need somebody's approval: gitignore syntax, the last rule that names a path decides; nobody is named where none is needed. */
export interface Guard {
  readonly pattern: string;
  readonly approvers: readonly string[];
  /** Where it stands. */
  readonly source: string;
  /** A last `*` names what lies in a folder, and nothing below the folders there. */
  readonly shallow?: boolean;
}

/** Where GitHub looks for the file; the first that is there counts. ("About code owners", GitHub Docs) */
export const CODEOWNERS = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

/** GitHub does not load a larger file. */
export const CODEOWNERS_BYTES = 3 * 1024 * 1024;

/**
 * The rules of a CODEOWNERS file. As GitHub reads it: a pattern and its owners (`@user`, `@org/team`, an address) in each
 * line; no `!`, no `[…]`, no escaped `#`; a line it cannot read is skipped. Other words behind a pattern are no owners.
 */
export function readCodeowners(text: string, source: string): readonly Guard[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap((line, at): Guard[] => {
      const words = wordsOf(line);
      const [pattern] = words;
      if (pattern === undefined || pattern.startsWith('!') || /^\\#|[[\]]/.test(pattern)) return [];
      const read = readPattern(pattern);
      if ('why' in read) return [];
      const approvers = words.slice(1).filter((word) => /^@[^@\s]+$|^[^@\s]+@[^@\s]+$/.test(word));
      if (words.length > 1 && approvers.length === 0) return [];
      return [
        {
          pattern,
          approvers,
          source: `${source}:${at + 1}`,
          ...(/[^/]\/\*$|^\/\*$/.test(pattern) ? { shallow: true } : {}),
        },
      ];
    });
}

/** The rule that counts for a path; undefined where none names it. */
export function guardOf(guards: readonly Guard[], path: string): Guard | undefined {
  return guards.findLast((guard) => names(guard)(path));
}

const known = new WeakMap<Guard, (path: string) => boolean>();

/** Patterns are made ready once: a file may have hundreds, and be asked about as many paths. */
function names(guard: Guard): (path: string) => boolean {
  const ready = known.get(guard);
  if (ready) return ready;
  const made = guard.shallow ? exactly(guard.pattern) : ownsOf([guard.pattern]);
  known.set(guard, made);
  return made;
}

function exactly(pattern: string): (path: string) => boolean {
  const read = readPattern(pattern);
  if ('why' in read) return () => false;
  const machine = machineOf(read);
  return (path) =>
    machine.accepts([...path].reduce((state, char) => machine.step(state, char.codePointAt(0) ?? 0), machine.start));
}

/** The words of a line up to its comment; a space behind a backslash belongs to its word. */
function wordsOf(line: string): readonly string[] {
  const words = line.match(/(?:\\.|[^\s\\])+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith('#'));
  return comment < 0 ? words : words.slice(0, comment);
}
