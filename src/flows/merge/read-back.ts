import type { Landing } from '../../core/landing.ts';
import { ledgerMismatches, missingCommits } from '../../core/merge/read-back.ts';
import { parsed } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Oid, Ports } from '../../ports.ts';
import { openEscalation } from '../escalate.ts';
import { allTasks } from '../tasks.ts';
import { moveBack, takeBackLandings } from './back.ts';
import type { Claimed } from './claimed.ts';
import type { Car } from './land.ts';
import type { Hold } from './lease.ts';
import { checkoutsOf } from './move.ts';
import { contentMismatches } from './read-content.ts';

type BackPorts = Pick<Ports, 'git' | 'ledger' | 'files' | 'clock' | 'report'>;

interface Told {
  readonly landing: Landing;
  readonly cars: readonly Car[];
  readonly hold: Pick<Hold, 'key' | 'guard'>;
  readonly claimed: Claimed;
}

/**
 * Looks up what is about to be told as landed: the target, every commit of every branch, the ledger, and the tree the
 * gates ran on. Where anything is otherwise the landing is taken back; where somebody has built on it a person is asked.
 * Refuses `merge.unverified` either way.
 */
export async function readBack(ports: BackPorts, told: Told): Promise<void> {
  const { target, after, id } = told.landing;
  const tip = await ports.git.refs.resolve(`refs/heads/${target}`);
  const stands = tip !== undefined && (tip === after || (await ports.git.history.isAncestor(after, tip)));
  const problems = stands
    ? await mismatches(ports, told, tip)
    : [`${target} was moved to ${tip?.slice(0, 10) ?? 'nothing'} in the same moment, without what landed`];
  if (problems.length === 0) return;
  const end = stands ? await takenBack(ports, told, problems) : await forgotten(ports, told, tip);
  throw new Refusal('merge.unverified', { target, landing: id, problems, ...end });
}

async function mismatches(ports: BackPorts, { landing, cars, claimed }: Told, tip: Oid): Promise<readonly string[]> {
  const { git, ledger } = ports;
  const { before, id, landed, target } = landing;
  const past = [...new Set(cars.flatMap(({ candidate }) => candidate.past ?? []))];
  const heads = new Set(landed.map(({ from }) => from));
  const [commits, entry, tasks, content] = await Promise.all([
    git.objects.commits([tip, ...heads, ...[before, ...past].map((oid) => `^${oid}`)]),
    ledger.read(`landings/${id}`),
    landed.some(({ task }) => task) ? allTasks(ports) : [],
    contentMismatches(ports, before, cars, claimed),
  ]);
  const record = entry ? parsed<Landing>(entry, 'landing.json') : undefined;
  const found = { tip, commits, record, tasks };
  const missing = missingCommits(landing, found, {
    left: new Set(cars.flatMap(({ left = [] }) => left)),
    whole: new Set(cars.filter(isSquashed).map(({ candidate }) => candidate.branch)),
  });
  // Told from the few that git knows by their patch, or that lie behind what was looked at.
  const oids = missing.map(({ oid }) => oid);
  const there = await git.history.within(tip, oids);
  const alike = oids.some((oid) => !there.has(oid)) ? await git.history.alike(tip, oids) : new Map<Oid, unknown>();
  return [
    ...ledgerMismatches(landing, found),
    ...content,
    ...missing
      .filter(({ oid }) => !there.has(oid) && !alike.has(oid))
      .map(({ branch, oid, subject }) => `${oid.slice(0, 10)} of ${branch} (${subject}) is not on ${target}`),
  ];
}

const isSquashed = ({ candidate: { mode } }: Car): boolean => mode === 'squash';

type End = Pick<Refusal<'merge.unverified'>['facts'], 'fate' | 'escalation'>;

/** All of it, while nobody has built on it and no checkout is in the way; else a person is asked. */
async function takenBack(ports: BackPorts, { landing, hold }: Told, problems: readonly string[]): Promise<End> {
  const { target, before, after, id } = landing;
  const end = await moveBack(ports, [landing], { target, from: after, to: before, hold });
  if (end.outcome === 'moved') return { fate: 'back' };
  const { id: escalation } = await openEscalation(ports, {
    branch: target,
    target,
    reason: 'question',
    summary: `landing ${id} on ${target} is not as it was recorded, and could not be taken back: ${problems.join('; ')}`,
    choices: [
      { command: `gwt undo --landing ${id} --revert`, what: 'take it back with commits on top' },
      { command: 'gwt resolve {id} --answer "seen"', what: 'leave it as it is' },
    ],
    keeps: [before, after],
  });
  return { fate: 'stands', escalation };
}

/** The target is elsewhere already: only what the ledger says, and the checkouts that followed, are put back. */
async function forgotten(ports: BackPorts, { landing, hold }: Told, tip: Oid | undefined): Promise<End> {
  const { target, before, after } = landing;
  if (tip === undefined) return { fate: 'gone' };
  await takeBackLandings(ports, [landing], { target, from: tip, to: tip, hold });
  // A checkout that cannot follow keeps its files, as what they are now against the target: changes.
  for (const worktree of await checkoutsOf(ports, target)) await ports.git.work.follow(worktree, after, before);
  return { fate: 'gone' };
}
