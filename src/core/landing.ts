/** What came of one conflicted file, and who settled it. */
export interface ResolvedFile {
  readonly path: string;
  readonly by: 'agent' | 'person' | `rule ${string}`;
  readonly agent?: string;
}

/** One branch as it landed: `from` is the branch's own head, `head` the last of its commits on the target. */
export interface LandedBranch {
  readonly branch: string;
  readonly task?: string;
  readonly from: string;
  readonly head: string;
  readonly commits: number;
  readonly resolved: readonly ResolvedFile[];
  /** Changes outside its claim that a person let through. */
  readonly allowed?: readonly string[];
}

/** One move of the target: ledger entry `landings/<id>`, document `landing.json`. */
export interface Landing {
  readonly version: 1;
  readonly id: string;
  readonly target: string;
  readonly before: string;
  readonly after: string;
  readonly at: string;
  readonly landed: readonly LandedBranch[];
  readonly undone?: string;
}

/** The landing that `gwt undo` takes back: the newest on the target that still stands. */
export function lastStanding(landings: readonly Landing[], target: string): Landing | undefined {
  return landings
    .filter((landing) => landing.target === target && !landing.undone)
    .sort((a, b) => Number(b.id) - Number(a.id))[0];
}
