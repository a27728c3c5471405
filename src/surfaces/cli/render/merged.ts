import { oneLine } from '../../../core/event.ts';
import { chainWords } from '../../../core/merge/waits.ts';
import type { Merged, Planned } from '../../../flows/merge.ts';
import { inPaths } from '../../words.ts';
import type { Style } from '../command.ts';
import { printable } from '../refused.ts';
import { fromMemory, meant, settledBy } from './settled.ts';

/** What landed and where, and for each branch that did not, why not and what to type. */
export function renderMerged(result: Merged, style: Style): string {
  const lines = result.dryRun ? dryRun(result, style) : outcome(result, style);
  return printable(lines.join('\n'));
}

function outcome(result: Merged, style: Style): string[] {
  const { target, landed, escalated, bounced, skipped, inherited, undo, before, after } = result;
  const earlier = (result.earlier ?? []).map(
    (branch) => `${style.green('landed')}     ${branch}  before it was cut short`,
  );
  const lines = landed.flatMap(({ branch, commits, head, resolved, settled: why }) => {
    if (commits === 0 && resolved.length === 0)
      return `${style.green('landed')}     ${branch}  ${why ?? `nothing to land: ${target} has all of it`}`;
    const settled = resolved.length > 0 ? `, ${settledBy(resolved)}` : '';
    const line = `${style.green('landed')}     ${branch}  ${counted(commits, 'commit')}, ${target} at ${head.slice(0, 10)}${settled}`;
    return [
      line,
      ...[...resolved.flatMap(meant), ...fromMemory(resolved)].map((more) => `           ${indented(more)}`),
    ];
  });
  lines.unshift(...earlier);
  for (const { id, branch, reason, paths } of escalated) {
    lines.push(`${style.yellow('needs you')}  ${branch}  ${reason}${inPaths(paths)}`);
    lines.push(`           gwt inbox show ${id}`);
  }
  for (const { branch, task, reason } of bounced) {
    lines.push(`${style.red('sent back')}  ${branch}  ${indented(reason)}`);
    if (task) lines.push(`           gwt loop ${task}`);
  }
  for (const one of skipped) lines.push(`${style.dim('skipped')}    ${one.branch}  ${indented(reasonOf(one))}`);
  lines.push(...heldUp(result, style));
  if (inherited && inherited.output.trim() !== '')
    lines.push(`the gate ${inherited.gate} on ${target} itself:`, indented(`\n${inherited.output.trim()}`).trimStart());
  for (const task of result.removed) lines.push(`${style.dim('removed')}    ${task}, back with: gwt restore ${task}`);
  for (const { task, why } of result.kept) lines.push(`${style.dim('kept')}       the worktree of ${task} (${why})`);
  if (result.pushed) lines.push(...pushedLines(result.pushed, target, style));
  if (result.proof) lines.push(...provenBy(result.proof, style));
  if (undo) lines.push(style.dim(`${target} ${before.slice(0, 10)} → ${after.slice(0, 10)}; ${undo} takes it back`));
  else if (skipped.length > 0 && skipped.every(({ there }) => there))
    lines.push(`Nothing to land: ${target} has all of it.`);
  else lines.push(lines.length === 0 ? `Nothing is there to land on ${target}.` : `Nothing landed on ${target}.`);
  return lines;
}

const reasonOf = ({ reason, blockedBy = [] }: Merged['skipped'][number]): string => chainWords(blockedBy) || reason;

/** Who holds up how many: those are worth looking at first. */
function heldUp({ waiting }: Merged, style: Style): string[] {
  return waiting.map(({ task, branches }) => {
    const who = branches.length === 1 ? '1 other waits' : `${branches.length} others wait`;
    return `${style.dim('waiting')}    ${who} for ${task}: ${branches.join(', ')}`;
  });
}

/** Whether others have it now; what stands here alone is said to, with how to go on. */
function pushedLines({ outcome, remote, branch, why }: NonNullable<Merged['pushed']>, target: string, style: Style) {
  if (outcome === 'pushed') return [`${style.green('pushed')}     ${target} to ${remote} ${branch}`];
  if (outcome === 'current') return [style.dim(`${remote} has all of ${target} already`)];
  return [
    `${style.red('not pushed')} ${target} stands here alone, ${remote} ${branch} is as it was: ${indented(why ?? '')}`,
    '           gwt merge --push   tries again; gwt undo takes it back',
  ];
}

/** What the gates said of the tree that landed, how often they ran for it, and which say now this, now that. */
function provenBy({ gates, runs, flakes }: NonNullable<Merged['proof']>, style: Style): string[] {
  const said = gates.map(
    ({ gate, seconds, cached }) => `${oneLine(gate)} ${cached ? '(known)' : `(${seconds.toFixed(1)} s)`}`,
  );
  const shaky = [...new Set(flakes.map(({ gate }) => gate))];
  return [
    `${style.dim('gates')}      passed on what landed: ${said.join(', ')}${runs > gates.length ? `; gate runs: ${runs}` : ''}`,
    ...shaky.map(
      (gate) => `${style.yellow('flake')}      ${oneLine(gate)} failed, and then passed on the very same tree`,
    ),
  ];
}

function dryRun({ target, plan, skipped, notices }: Merged, style: Style): string[] {
  if (plan.length === 0 && skipped.length === 0) return [`Nothing is there to land on ${target}.`];
  const told = new Set(plan.filter(({ commits }) => commits === null).map(({ branch }) => branch));
  const reasons = new Map(skipped.map(({ branch, reason }) => [branch, reason]));
  return [
    `Would land on ${target}, in this order:`,
    ...plan.map(
      (step, at) => `  ${at + 1}. ${step.branch}  ${promise(step, reasons, style)}  ${style.dim(`(${step.why})`)}`,
    ),
    ...skipped
      .filter(({ branch }) => !told.has(branch))
      .map((one) => `  ${style.dim('–')}  ${one.branch}  ${indented(reasonOf(one))}`),
    ...notices.map((notice) => style.yellow(notice)),
  ];
}

function promise(
  { branch, commits, conflicts, settled }: Planned,
  reasons: ReadonlyMap<string, string>,
  style: Style,
): string {
  if (conflicts.length > 0) return style.yellow(`conflicts in ${conflicts.join(', ')}`);
  if (commits === null) return style.yellow(reasons.get(branch) ?? 'cannot land');
  return commits === 0 ? (settled ?? 'everything is there already') : style.green(counted(commits, 'commit'));
}

const counted = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
const indented = (text: string): string => text.replaceAll('\n', '\n           ');
