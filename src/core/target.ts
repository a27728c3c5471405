/** What is known when a target is chosen. Branch names are short. */
export interface TargetFacts {
  /** The branch checked out where gwt was started; undefined when HEAD is detached. */
  readonly current: string | undefined;
  /** `init.defaultBranch` of the user's git. */
  readonly usual: string | undefined;
  readonly branches: readonly string[];
  /** What gwt's own branches begin with: work does not land on work. */
  readonly prefix: string;
}

/** The branch that work lands on: the one checked out, else the only one with a usual name; undefined when unclear. */
export function chooseTarget({ current, usual, branches, prefix }: TargetFacts): string | undefined {
  if (current && !current.startsWith(prefix)) return current;
  const names = new Set(['main', 'master', ...(usual ? [usual] : [])]);
  const found = [...names].filter((name) => branches.includes(name));
  return found.length === 1 ? found[0] : undefined;
}
