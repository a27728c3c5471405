import { isAbsolute, join, resolve, sep } from 'node:path';
import type { Decision, Escalation } from '../core/escalation.ts';
import { leftOpen } from '../core/merge/answer.ts';
import { type Conflicted, kindOf, placeOf, signatureOf } from '../core/merge/conflict.ts';
import { Refusal } from '../core/refusal.ts';
import type { Ports } from '../ports.ts';
import { targetOf } from './init.ts';
import { openBench, worktreesFolder } from './merge/bench.ts';
import type { Conflict } from './merge/rebase.ts';
import { filesAt, shown, sidesOf } from './merge/sides.ts';

/** What lies in the folder of an escalation: the conflict as it was put there. */
interface Laid {
  readonly files: readonly Conflicted[];
  readonly onto: string;
  readonly placed: string;
}

/** Puts the conflict of an escalation into a folder of its own; where it lies there already, the edits in it stay. */
export async function layOut(ports: Ports, question: Escalation) {
  const folder = await folderOf(ports, question.id);
  const laid = await laidIn(ports, folder);
  const asked = signatureOf(question.context.conflict?.files ?? []);
  // Another conflict of the same branch lies there: it was answered, and this one is the next.
  if (laid && signatureOf(laid.files) !== asked) await putAway(ports, question.id);
  else if (laid) return { folder, files: laid.files.map(({ path }) => path) };
  const conflict = await conflictOf(ports, question);
  await openBench(ports, `.resolve-${question.id}`, conflict.onto.commit, async () => []);
  const { files, messages } = conflict.picked;
  const kinds = files.map((file) => kindOf(file, messages));
  const marked = await shown(ports, conflict, kinds, question.target ?? (await targetOf(ports)));
  const placed = await ports.git.work.placeConflict(folder, conflict.picked.tree, marked);
  const note: Laid = { files, onto: conflict.onto.tree, placed };
  await ports.files.write(await noteIn(ports, folder), `${JSON.stringify(note)}\n`);
  return { folder, files: files.map(({ path }) => path) };
}

/**
 * The conflicted files as they lie in the escalation's folder, or as the named files have them. Refuses
 * `escalation.unresolved` while markers are left or a conflicted file is not named.
 */
export async function takenFrom(ports: Ports, question: Escalation, named: readonly string[]): Promise<Decision> {
  const folder = await folderOf(ports, question.id);
  const laid = await laidIn(ports, folder);
  if (!laid)
    throw new Refusal('escalation.unresolved', {
      escalation: question.id,
      why: [`there is nothing to take yet: gwt resolve ${question.id} --edit`],
    });
  const wrong = named.filter((file) => !laid.files.some(({ path }) => isFile(ports, folder, file, path)));
  if (wrong.length > 0)
    throw new Refusal('usage.bad', {
      problem: `not in conflict: ${wrong.join(', ')}; in conflict: ${laid.files.map(({ path }) => path).join(', ')}`,
      command: 'resolve',
    });
  const tree = await ports.git.work.readBack(folder);
  const [now, sides] = await Promise.all([filesAt(ports, laid.onto, tree, laid.files), sidesOf(ports, laid.files)]);
  const why: string[] = laid.files.flatMap((file, at) => {
    const { oid, mode = '', text = '' } = now[at] ?? {};
    const side = sides[at] ?? { base: undefined, ours: undefined, theirs: undefined };
    return leftOpen({ file, sides: side, now: oid === undefined ? undefined : { mode, text } });
  });
  const inConflict = new Set(laid.files.map(({ path }) => path));
  const beside = laid.files.flatMap(({ path }) => placeOf(path) ?? []);
  // A file that git put beside its place is to be given one: there, or under another name.
  const isPlaced = (one: { path: string; status: string }) =>
    beside.length > 0 && (one.status === 'A' || beside.some((place) => `${one.path}/`.startsWith(`${place}/`)));
  const changes = (await ports.git.history.changes(laid.placed, tree)).filter(({ path }) => !inConflict.has(path));
  const [placed, others] = [changes.filter(isPlaced), changes.filter((one) => !isPlaced(one))];
  why.push(
    ...now
      .filter(({ path, oid }) => oid !== undefined && placeOf(path) !== undefined)
      .map(
        ({ path }) => `${path} lies beside its place: move it to ${placeOf(path)}, give it another name, or delete it`,
      ),
  );
  // Taken along they could undo what others landed in the meantime; left behind they would be lost unseen.
  why.push(
    ...others.map(({ path }) => `${path} is changed but not in conflict: commit that on ${question.branch} instead`),
  );
  if (why.length > 0)
    throw new Refusal('escalation.unresolved', { escalation: question.id, why: [...why, `edit them in ${folder}`] });
  return {
    kind: 'files',
    signature: signatureOf(laid.files),
    settlements: [
      ...now.map(({ path, mode, oid }) => ({ path, mode, oid })),
      ...placed.map(({ path, status, newMode, newOid }) => ({
        path,
        mode: newMode,
        oid: status === 'D' ? undefined : newOid,
      })),
    ],
  };
}

/**
 * Moves the folder of an answered escalation to the trash: all that counts of it has landed. From inside the folder
 * nothing is moved, for the shell that stands there would stand nowhere.
 */
export async function putAway(ports: Ports, id: string): Promise<void> {
  const folder = await folderOf(ports, id);
  if (`${ports.self.cwd}${sep}`.startsWith(`${folder}${sep}`)) return;
  const aside = join(folder, '..', '.trash', `resolve-${id}-${ports.clock.now()}`);
  if (await ports.files.rename(folder, aside)) await ports.git.worktrees.forget(folder);
}

/**
 * The same for a question that a landing settled by other ways than its folder. What somebody changed there landed
 * nowhere: then it stays, and that is told.
 */
export async function putAwaySettled(ports: Ports, { id, decisions = [] }: Escalation): Promise<void> {
  const folder = await folderOf(ports, id);
  const laid = decisions.some(({ kind }) => kind === 'files') ? undefined : await laidIn(ports, folder);
  if (!laid) return;
  if ((await ports.git.work.readBack(folder)) === laid.placed) return putAway(ports, id);
  const at = new Date(ports.clock.now()).toISOString();
  ports.report({ type: 'resolve.kept', at, escalation: id, folder });
}

/** A file may be named as in the repository, or by where it lies. */
function isFile({ self }: Ports, folder: string, named: string, path: string): boolean {
  const full = isAbsolute(named) ? named : resolve(self.cwd, named);
  return named === path || full === join(folder, path) || full.endsWith(`${sep}${path}`);
}

/** The conflict made again from its commits: git computes the same each time, so nothing of it needs to be kept. */
async function conflictOf({ git }: Ports, { id, branch, context }: Escalation): Promise<Conflict> {
  const kept = context.conflict;
  const [commit] = kept ? await git.objects.facts([kept.commit]) : [];
  if (!kept || !commit) throw new Refusal('escalation.unresolved', { escalation: id, why: ['it holds no conflict'] });
  const onto = { commit: kept.onto, tree: await git.objects.treeOf(kept.onto) };
  const picked = await git.merging.pick(commit, onto.tree);
  if (picked.outcome === 'clean')
    throw new Refusal('escalation.unresolved', { escalation: id, why: ['the conflict is gone'] });
  return { branch, head: kept.head, commit, onto, picked };
}

const folderOf = async (ports: Ports, id: string): Promise<string> =>
  join(await worktreesFolder(ports), `.resolve-${id}`);

async function noteIn({ git }: Ports, folder: string): Promise<string> {
  return join(await git.worktrees.gitDir(folder), 'gwt', 'conflict.json');
}

async function laidIn(ports: Ports, folder: string): Promise<Laid | undefined> {
  if (!(await ports.files.exists(join(folder, '.git')))) return undefined;
  const text = await ports.files.read(await noteIn(ports, folder));
  return text === undefined ? undefined : (JSON.parse(text) as Laid);
}
