import type { Clash } from '../collision.ts';
import type { Conflicted } from '../merge/conflict.ts';
import type { TaskState } from '../task.ts';
import type { Spots } from './spots.ts';

/** A path that two branches change so that git cannot put it together. */
export interface RadarFile {
  readonly path: string;
  readonly kind: 'content' | 'both add' | 'change and delete' | 'other';
  /** Functions and classes in conflict, where gwt can tell. */
  readonly units: readonly string[];
}
export interface RadarBranch {
  readonly branch: string;
  readonly task?: string;
  readonly state?: TaskState;
  readonly head: string;
  /** True where work that is not committed is looked at too. */
  readonly uncommitted: boolean;
  /** How many paths it changes in the target. */
  readonly paths: number;
  /** Where it conflicts with the target itself; these paths are not compared with other branches. */
  readonly clashes: readonly string[];
  /** How many others it conflicts with. */
  readonly meets: number;
}
export interface RadarPair extends Clash {
  readonly files: readonly RadarFile[];
}

/** Every live branch against the target and each other. */
export interface Radar {
  readonly target: string;
  /** The target's commit that all were put on. */
  readonly at: string;
  readonly branches: readonly RadarBranch[];
  /** Those that conflict; most files first. */
  readonly pairs: readonly RadarPair[];
  /** All pairs, those that change a common path, and those of which nothing is known. */
  readonly counts: { readonly pairs: number; readonly sharing: number; readonly unknown: number };
}

/** The conflict of one path as a person reads it. */
export function radarFile({ path, stages, spots }: Conflicted & { readonly spots?: Spots }): RadarFile {
  const sides = stages.map(({ stage }) => stage).join('');
  const kinds: Readonly<Record<string, RadarFile['kind']>> = {
    '123': 'content',
    '23': 'both add',
    '12': 'change and delete',
    '13': 'change and delete',
  };
  return { path, kind: kinds[sides] ?? 'other', units: spots?.units ?? [] };
}
