import type { Hunk } from './hunk.ts';

/** `strict` rules may land with the usual checks alone; `safe` ones only where gates run on the result. */
export type Dial = 'strict' | 'safe';

/** Earlier versions of a file on each side since they parted. */
export interface Past {
  readonly ours: () => readonly string[];
  readonly theirs: () => readonly string[];
}

/** What a rule may know of the file besides the conflict. */
export interface About {
  readonly path: string;
  readonly past: Past;
}

/** The lines in place of a conflict, and lines of either side that they knowingly leave out. */
export interface Settled {
  readonly lines: readonly string[];
  readonly dropped?: readonly string[];
}

/** Settles one kind of conflict. */
export interface Rule {
  readonly name: string;
  readonly dial: Dial;
  /** Undefined where the rule cannot show that it applies. */
  readonly settle: (hunk: Hunk, about: About) => Settled | undefined;
}
