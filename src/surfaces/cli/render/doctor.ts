import type { Check, Finding } from '../../../core/finding.ts';
import type { Doctor } from '../../../flows/doctor.ts';
import type { Style } from '../command.ts';
import { printable } from '../refused.ts';

const LOOKED_AT: Readonly<Record<Check, string>> = {
  git: 'git',
  node: 'node',
  repository: 'repository',
  ledger: 'ledger entries',
  spawn: 'spawns',
  worktree: 'worktrees',
  settings: "worktrees' settings",
  scripts: 'hook scripts',
  claim: 'claims',
  memory: 'memory files',
  fires: 'hooks that fire',
  lease: 'loops',
  landing: 'landings under way',
  bench: 'integration worktrees',
  queue: 'what waits in the queue',
  outlet: 'on',
  lock: 'locks',
};

/** What is ill with what to type, then what was mended, then what is well, counted. */
export function renderDoctor({ ok, findings }: Doctor, style: Style): string {
  const of = (state: Finding['state']) => findings.filter((one) => one.state === state);
  const counts = new Map<Check, number>();
  for (const { check } of of('well')) counts.set(check, (counts.get(check) ?? 0) + 1);
  const good = [...counts].map(([check, count]) => `${LOOKED_AT[check]}${count > 1 ? ` ${count}` : ''}`);
  return [
    ...of('ill').map((one) => `${style.red('ill')}     ${said(one)}\n        try: ${style.cyan(printable(one.cure))}`),
    ...of('mended').map((one) => `${style.green('mended')}  ${said(one)}`),
    `${style.dim('well')}    ${good.join(', ')}`,
    ...(ok ? ['All is well.'] : []),
  ].join('\n');
}

const said = ({ subject, problem }: Finding): string => `${printable(subject)}: ${printable(problem)}`;
