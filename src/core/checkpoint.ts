/** What a checkpoint's commit says of it, besides its trees. */
export interface CheckpointFacts {
  /** ISO time. */
  readonly at: string;
  readonly why: string;
  /** The iteration after which it was made, and its verdict; a checkpoint made by hand has none. */
  readonly iteration?: number;
  readonly outcome?: string;
  /** The state of the task in the ledger at that moment. */
  readonly ledger?: string;
  /** Uncommitted files it holds, and their bytes on disk. */
  readonly files?: number;
  readonly bytes?: number;
  /** The same for two checkpoints exactly when nothing differs between their worktrees. */
  readonly state?: string;
}

/** The lines at the end of a checkpoint's message from which `checkpointFacts` reads again. */
export function checkpointTrailers({
  iteration,
  outcome,
  ledger,
}: Pick<CheckpointFacts, 'iteration' | 'outcome' | 'ledger'>): readonly string[] {
  return [
    ...(iteration === undefined ? [] : [`Gwt-Iteration: ${iteration}`]),
    ...(outcome === undefined ? [] : [`Gwt-Outcome: ${outcome}`]),
    ...(ledger === undefined ? [] : [`Gwt-Ledger: ${ledger}`]),
  ];
}

/** The facts of a checkpoint by the text of its commit object. Only its last paragraph counts: the others are people's. */
export function checkpointFacts(text: string, task: string): CheckpointFacts {
  const end = text.indexOf('\n\n');
  const seconds = Number(/^committer .* (\d+) [+-]\d+$/m.exec(text.slice(0, end))?.[1] ?? 0);
  const message = text.slice(end + 2).trimEnd();
  const subject = message.split('\n')[0] ?? '';
  const last = message.slice(message.lastIndexOf('\n\n') + 1);
  const value = (name: string): string | undefined => new RegExp(`^${name}: (\\S+(?: \\d+)?)$`, 'm').exec(last)?.[1];
  const [iteration, outcome, ledger, state] = ['Gwt-Iteration', 'Gwt-Outcome', 'Gwt-Ledger', 'Gwt-State'].map(value);
  const [files, bytes] = value('Gwt-Size')?.split(' ') ?? [];
  return {
    at: new Date(seconds * 1000).toISOString(),
    why: subject.startsWith(`${task}: `) ? subject.slice(task.length + 2) : subject,
    ...(iteration ? { iteration: Number(iteration) } : {}),
    ...(outcome ? { outcome } : {}),
    ...(ledger ? { ledger } : {}),
    ...(files && bytes ? { files: Number(files), bytes: Number(bytes) } : {}),
    ...(state ? { state } : {}),
  };
}
