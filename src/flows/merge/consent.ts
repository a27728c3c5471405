import { type ConsentRule, consentNeeded } from '../../core/consent.ts';
import type { Escalation } from '../../core/escalation.ts';
import type { Candidate } from '../../core/merge/plan.ts';
import type { Task } from '../../core/task.ts';
import type { Oid, Ports } from '../../ports.ts';

/** What needs a person's approval, and what has it: the very heads that were approved, by branch. */
export interface Consent {
  readonly rule: ConsentRule;
  readonly given: ReadonlyMap<string, readonly Oid[]>;
}

/** The heads that a person approved, by branch; an approval stays on record after its question is closed. */
export function approvalsIn(all: readonly Escalation[]): Consent['given'] {
  const given = new Map<string, readonly Oid[]>();
  for (const { branch, reason, decisions = [] } of all)
    if (reason === 'approval') {
      const heads = decisions.flatMap((one) => (one.kind === 'approved' ? [one.head] : []));
      given.set(branch, [...(given.get(branch) ?? []), ...heads]);
    }
  return given;
}

/** Why a person must approve a branch before it lands, a line each; none where nobody need to, or its head is approved. */
export async function consentFor(
  { git }: Pick<Ports, 'git'>,
  { rule, given }: Consent,
  { branch, head, task: id }: Candidate,
  { onto, tasks }: { readonly onto: Oid; readonly tasks: readonly Task[] },
): Promise<readonly string[]> {
  if (rule.paths.length === 0 && rule.labels.length === 0) return [];
  if (given.get(branch)?.includes(head)) return [];
  const base = await git.history.mergeBase(onto, head);
  const commits = await git.objects.commits([head, `^${onto}`]);
  const whole = base ? await git.history.changes(base, head) : [];
  const each = await git.history.extent(commits.map(({ oid }) => oid));
  // Also what a later commit takes back was to be seen.
  const paths = new Set([...whole.map(({ path }) => path), ...[...each.values()].flatMap((one) => [...one.keys()])]);
  const labels = tasks.find((task) => task.id === id)?.labels ?? [];
  return consentNeeded(rule, { paths: [...paths].sort(), labels, messages: commits.map(({ message }) => message) });
}
