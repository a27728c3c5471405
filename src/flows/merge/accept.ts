import { join } from 'node:path';
import type { Settlement } from '../../core/escalation.ts';
import { type Answered, faultsBeside } from '../../core/merge/answer.ts';
import { type Beside, type Declared, declaredIn } from '../../core/merge/declared.ts';
import { lostIn } from '../../core/merge/lost.ts';
import type { Sides } from '../../core/merge/markers.ts';
import { type Parse, prove } from '../../core/merge/proof.ts';
import type { Task } from '../../core/task.ts';
import { trespasses, whyNot } from '../../core/trespass.ts';
import type { Oid, Ports, TreeChange } from '../../ports.ts';
import { rulesFor } from '../claims/rules.ts';
import { parserFor } from './parses.ts';
import type { Conflict, Resolved } from './rebase.ts';
import type { Answer } from './settle.ts';
import { filesAt, textsOf } from './sides.ts';

export interface Ground {
  readonly cwd: string;
  /** The tree as it was put there, markers and all. */
  readonly placed: Oid;
  readonly sides: readonly Sides[];
  /** The file of declarations, relative to the worktree. */
  readonly answer: string;
  readonly agent: string;
  readonly tasks: readonly Task[];
}

/** An answer file larger than this is none. */
const BYTES = 1_000_000;

/**
 * What an agent left in the worktree, passed by the gate; else what is wrong with it. Only what lies in the files counts:
 * a commit the agent made, what it staged, and what it said do not.
 */
export async function acceptedFrom(ports: Ports, conflict: Conflict, ground: Ground): Promise<Answer> {
  const { cwd, placed, answer, agent, sides } = ground;
  const file = join(cwd, answer);
  const { bytes } = await ports.files.size(file, 1);
  const said = bytes > BYTES ? '[]' : await ports.files.read(file);
  await ports.files.remove(file);
  const { declared, faults } = declaredIn(said);
  if (declared.giveUp) return { faults: [`agent ${agent} leaves it to a person: ${declared.giveUp}`] };
  const tree = await ports.git.work.readBack(cwd);
  const { files } = conflict.picked;
  const inConflict = new Set(files.map(({ path }) => path));
  const changes = (await ports.git.history.changes(placed, tree)).filter(({ path }) => !inConflict.has(path));
  const now = await filesAt(ports, conflict.onto.tree, tree, files);
  const parse = await parserFor(
    ports,
    [...files, ...changes].map(({ path }) => path),
  );
  const judged = files.map((one, at) => {
    const there = now[at]?.oid === undefined ? undefined : { mode: now[at].mode, text: now[at].text };
    const side = sides[at] ?? { base: undefined, ours: undefined, theirs: undefined };
    return judgedFile({ file: one, sides: side, now: there }, declared, agent, parse);
  });
  const wrong = [
    ...faults,
    ...(await strays(ports, conflict, changes, { declared: declared.changed, tasks: ground.tasks, parse })),
    ...judged.flatMap((one) => one.faults),
  ];
  if (wrong.length > 0) return { faults: wrong };
  return {
    settlements: [
      ...now.map(({ path, mode, oid }): Settlement => ({ path, mode, oid })),
      ...changes.map(({ path, newMode, newOid }): Settlement => ({ path, mode: newMode, oid: newOid })),
    ],
    resolved: [
      ...judged.flatMap((one) => one.resolved),
      ...changes.map(({ path }) => ({ path, by: 'agent' as const, agent, beside: reasonOf(declared.changed, path) })),
    ],
  };
}

const reasonOf = (changed: readonly Beside[], path: string): string =>
  changed.find((one) => one.path === path)?.reason ?? '';

/** One conflicted file before the gate, and its line in the record of the landing. */
function judgedFile(answered: Answered, { dropped, kept }: Declared, agent: string, parse: Parse) {
  const { path } = answered.file;
  const mine = <T extends { readonly path: string }>(all: readonly T[]) => all.filter((one) => one.path === path);
  const lines = mine(dropped).map(({ line }) => Buffer.from(line, 'utf8').toString('latin1'));
  const proof = prove(
    answered,
    lines,
    parse,
    mine(kept).map(({ text }) => text),
  );
  if (proof.verdict === 'refused') return { faults: proof.reasons, resolved: [] };
  const lost = lostIn(answered.now?.text ?? '', answered.sides);
  const left = mine(dropped).filter(({ line }) => lost.some((one) => one.line.trim() === line.trim()));
  const resolved: Resolved = {
    path,
    by: 'agent',
    agent,
    proof: proof.verdict,
    ...(left.length > 0 ? { dropped: left.map(({ line, reason }) => ({ line, reason })) } : {}),
    ...(mine(kept).length > 0 ? { kept: mine(kept).map(({ text, reason }) => ({ text, reason })) } : {}),
  };
  return { faults: [], resolved: [resolved] };
}

/** Changes outside the conflict: only what is declared, plain files, and nothing that is frozen or another's. */
async function strays(
  ports: Ports,
  conflict: Conflict,
  changes: readonly TreeChange[],
  { declared, tasks, parse }: { declared: readonly Beside[]; tasks: readonly Task[]; parse: Parse },
): Promise<readonly string[]> {
  if (changes.length === 0) return [];
  const task = tasks.find(({ branch }) => branch === conflict.branch);
  const ownership = await rulesFor(ports, task?.target ?? '');
  const foreign = new Map(
    trespasses({ changes, task, others: tasks, ...ownership }).map((one) => [one.path, whyNot(one)]),
  );
  const texts = await textsOf(
    ports,
    changes.flatMap(({ status, oldOid, newOid }) => [
      status === 'A' ? undefined : oldOid,
      status === 'D' ? undefined : newOid,
    ]),
  );
  return changes.flatMap(({ path, status, newMode }, at) => {
    if (!declared.some((one) => one.path === path)) return [`${path} is not in conflict and must stay as it is`];
    const why = foreign.get(path);
    if (why) return [`${path} may not be changed here: ${why}`];
    if (status === 'D') return [`${path} is not in conflict and must not be deleted`];
    if (!PLAIN.has(newMode)) return [`${path} must stay a plain file`];
    return faultsBeside(path, texts[2 * at], texts[2 * at + 1] ?? '', parse);
  });
}

const PLAIN: ReadonlySet<string> = new Set(['100644', '100755']);
