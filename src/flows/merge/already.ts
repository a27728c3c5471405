import { landedWords } from '../../core/merge/landed.ts';
import type { Candidate } from '../../core/merge/plan.ts';
import type { Task } from '../../core/task.ts';
import type { Oid, Ports } from '../../ports.ts';
import { seeLanded } from './landed.ts';
import { forksOf } from './past.ts';

/**
 * Of which of these tasks the target has all the work by another way (rebased, squashed, put there by hand), in words, by
 * task. What was taken back on the target is not there, and is left out; so is a branch without commits of its own.
 */
export async function alreadyOn(
  ports: Pick<Ports, 'git' | 'ledger'>,
  target: string,
  tasks: readonly Task[],
): Promise<ReadonlyMap<string, string>> {
  const { git } = ports;
  const names = [target, ...tasks.map(({ branch }) => branch)].map((name) => `refs/heads/${name}`);
  const heads = tasks.length > 0 ? await git.refs.heads(names) : new Map<string, Oid>();
  const commit = heads.get(`refs/heads/${target}`);
  if (!commit) return new Map();
  const candidates = tasks.flatMap(({ id, branch }): readonly Candidate[] => {
    const head = heads.get(`refs/heads/${branch}`);
    return head ? [{ branch, task: id, head, past: [], given: 0, mode: 'rebase', priority: 0, after: [] }] : [];
  });
  const tip = { commit, tree: await git.objects.treeOf(commit) };
  const seen = await seeLanded(ports, candidates, tip, await forksOf(ports, target));
  return new Map(
    seen.flatMap(({ task = '', already }) =>
      already && !already.reverted && already.how !== 'ancestor' ? [[task, landedWords(already, target)] as const] : [],
    ),
  );
}
