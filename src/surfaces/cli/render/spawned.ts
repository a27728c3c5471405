import type { Patterned } from '../../../flows/patterns/spawn.ts';
import type { SpawnedTask } from '../../../flows/spawn.ts';
import { wordsOf } from '../../wording.ts';
import type { Style } from '../command.ts';
import { printable } from '../refused.ts';
import { renderJudged } from './judged.ts';
import { renderLooped } from './loop.ts';

/** What was made, one block for each task, and what to type next. */
export function renderSpawned(
  { tasks, refused, dryRun, looped, plans = [], judged = [] }: Patterned,
  style: Style,
): string {
  const debated = plans.map(({ task, plan, agreed, rounds, objections }) =>
    agreed
      ? style.green(`${task}: the plan was agreed on after ${rounds} round${rounds === 1 ? '' : 's'}`)
      : style.yellow(
          `${task}: ${plan === '' ? 'no plan' : 'no agreement on the plan'}: ${printable(objections.join('; '))}`,
        ),
  );
  const made = tasks.map((task) => block(task, dryRun, style));
  const failed = refused.map(({ task, refusal }) => {
    const { message, hint } = wordsOf(refusal);
    return `${style.red(`not made: ${task}`)}\n  ${printable(message)}\n  try: ${printable(hint)}`;
  });
  const ids = tasks.map(({ id }) => id).join(' ');
  const next = dryRun ? 'Nothing was made; leave out --dry-run to make it.' : `Next: gwt loop ${ids}`;
  const chosen = judged.flatMap((one) => ['', renderJudged(one, style)]);
  if (looped) return [...debated, ...made, ...failed, '', renderLooped(looped, style), ...chosen].join('\n');
  return [...debated, ...made, ...failed, ...(tasks.length > 0 ? [style.dim(next)] : [])].join('\n');
}

function block(task: SpawnedTask, dryRun: boolean, { bold }: Style): string {
  const { id, branch, worktree, base, owns, agent, role, after, adopted } = task;
  return [
    `${bold(id)}${dryRun ? ' would be made' : ''}`,
    `  branch    ${branch}${adopted ? ' (adopted)' : ` from ${base.slice(0, 10)}`}`,
    `  worktree  ${worktree}`,
    `  owns      ${owns.length > 0 ? owns.map(printable).join('  ') : 'what no other task owns'}`,
    `  agent     ${agent} (${printable(role)})`,
    ...(after.length > 0 ? [`  after     ${after.join(' ')}`] : []),
  ].join('\n');
}
