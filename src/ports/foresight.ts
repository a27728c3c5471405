import type { Conflicted } from '../core/merge/conflict.ts';
import type { Spots } from '../core/radar/spots.ts';
import type { Oid } from './git.ts';

/** A path in which two heads conflict; `spots` where its text was looked into. */
export type Meeting = Conflicted & { readonly spots?: Spots };

export interface ForeseeSpec {
  /** At most so many pairs are tried that were not tried before. */
  readonly most: number;
  /** Only pairs of this head (by place) with the others. */
  readonly of?: number;
  /** Gets ready for files with these names, and then looks into texts with conflict markers (diff3 style). */
  readonly describe?: (paths: readonly string[]) => Promise<(text: Marked) => Spots | undefined>;
}
export interface Marked {
  readonly path: string;
  readonly text: string;
}

export interface Foreseen {
  /** For each head the paths where it conflicts with `onto` itself. */
  readonly alone: readonly (readonly string[])[];
  /** Whether merging each changes nothing in `onto`. */
  readonly nothing: readonly boolean[];
  /** The paths each changes in `onto`; those of one that conflicts with it as far as it can be put there. */
  readonly paths: readonly (readonly string[])[];
  /** The pairs (by place) that conflict with each other. */
  readonly pairs: readonly { readonly a: number; readonly b: number; readonly files: readonly Meeting[] }[];
  /** Pairs that change a common path, and those among them of which nothing is known: beyond `most`, or beyond git. */
  readonly sharing: number;
  readonly unknown: number;
}

/** Predictions, by merges in memory. What they make lies in a folder of their own and is remembered there. */
export interface GitForesight {
  /**
   * What these heads would do to `onto` and to one another: all are put on `onto` first, since branches that left it at
   * different times seem to conflict in whatever happened there in between. Where a head conflicts with `onto` itself,
   * those paths say nothing about others and are left out of its pairs. What is known of a pair stays known while
   * neither changes anything else than before, also when `onto` moves.
   */
  foresee(onto: Oid, heads: readonly Oid[], spec: ForeseeSpec): Promise<Foreseen>;
  /**
   * The files of a worktree as a commit on its HEAD that only `foresee` and `diff` know; undefined where nothing differs
   * from HEAD. Nothing in the worktree or its index is touched; untracked files above a megabyte are left out.
   */
  afoot(worktree: string): Promise<Oid | undefined>;
  /** What changes from one blob to another, as git shows it without its header; empty where either is gone or binary. */
  diff(from: Oid, to: Oid): Promise<string>;
}
