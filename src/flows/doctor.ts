import { afterMending, type Finding } from '../core/finding.ts';
import type { Ports } from '../ports.ts';
import { aboutBenches } from './doctor/benches.ts';
import { aboutOutlet } from './doctor/outlet.ts';
import { aboutQueue, mendQueue } from './doctor/queue.ts';
import { aboutRepository } from './doctor/repository.ts';
import { aboutTasks, mendTasks } from './doctor/tasks.ts';
import { alone } from './merge/alone.ts';
import { cutShort } from './merge/cut.ts';

export interface DoctorInput {
  /** Mend what can be mended without touching anybody's work. */
  readonly fix?: boolean;
}
export interface Doctor {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

/** Looks at everything gwt relies on, proves in each worktree that the hooks fire, and says what to type where they do not. */
export async function doctor(ports: Ports, { fix = false }: DoctorInput): Promise<Doctor> {
  const before = await examine(ports);
  if (!fix || isWell(before)) return { ok: isWell(before), findings: before };
  await mendTasks(ports, before);
  await mendQueue(ports);
  // What moved is shown everywhere; what was to land besides is for `gwt merge --continue`.
  const cut = await cutShort(ports);
  if (cut?.move) await alone(ports, cut.target, async () => undefined);
  const after = await examine(ports);
  return { ok: isWell(after), findings: afterMending(before, after) };
}

async function examine(ports: Ports): Promise<readonly Finding[]> {
  const about = await aboutRepository(ports);
  return [
    ...about,
    ...(await aboutBenches(ports)),
    ...(await aboutTasks(ports)),
    ...(await aboutQueue(ports)),
    ...(await aboutOutlet(ports)),
  ];
}

const isWell = (findings: readonly Finding[]): boolean => findings.every(({ state }) => state !== 'ill');
