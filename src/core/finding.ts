/** What gwt doctor looks at. */
export type Check =
  | 'git'
  | 'node'
  | 'repository'
  | 'ledger'
  | 'spawn'
  | 'worktree'
  | 'settings'
  | 'scripts'
  | 'claim'
  | 'memory'
  | 'fires'
  | 'lease'
  | 'landing'
  | 'bench'
  | 'queue'
  | 'outlet'
  | 'lock';

/** One thing that was looked at. `subject` is a task, a ref or a path. */
export interface Finding {
  readonly check: Check;
  readonly subject: string;
  readonly state: 'well' | 'ill' | 'mended';
  /** What is wrong, and what to type; both empty when all is well. */
  readonly problem: string;
  readonly cure: string;
}

/** A finding without fault. */
export function well(check: Check, subject: string): Finding {
  return { check, subject, state: 'well', problem: '', cure: '' };
}

/** A fault, and the command that mends it. */
export function ill(check: Check, subject: string, problem: string, cure: string): Finding {
  return { check, subject, state: 'ill', problem, cure };
}

/** What was looked at after mending, with what was ill before and is not any more. */
export function afterMending(before: readonly Finding[], after: readonly Finding[]): readonly Finding[] {
  const name = ({ check, subject }: Finding) => `${check} ${subject}`;
  const stillIll = new Set(after.filter(({ state }) => state === 'ill').map(name));
  const mended = before.filter((one) => one.state === 'ill' && !stillIll.has(name(one)));
  const names = new Set(mended.map(name));
  return [
    ...mended.map((one): Finding => ({ ...one, state: 'mended' })),
    ...after.filter((one) => !names.has(name(one))),
  ];
}
