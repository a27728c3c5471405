import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentOf, type Ended, type Sample, type Setting, sampleOf } from './sample.ts';

/** One kind of agent, and what gwt has to make of it. */
export interface Row {
  readonly name: string;
  readonly does: string;
  readonly setting: Setting;
  /** Words of `gwt loop t` beside `--json --yes`. */
  readonly args?: readonly string[];
  /** `outcome passing/total, exit n`, or the code of a refusal. */
  readonly ends: string;
  /** What must be true besides, each as a sentence of the table. */
  readonly facts: (seen: Seen) => Readonly<Record<string, boolean>>;
  /** Another way to play it; gives back the last loop's end. */
  readonly play?: (sample: Sample) => Promise<Ended>;
  /** What its agent does to the person's checkout and branches is there to be seen: the row itself says what of it is told. */
  readonly harms?: boolean;
  /** Why gwt cannot do better; such a row is told as a limit where it ends as it says. */
  readonly limit?: string;
}

/** What is there to be seen after a row was played. */
export interface Seen {
  readonly sample: Sample;
  /** How the loop ended, as its row in the answer says. */
  readonly ends: string;
  readonly reason: string;
  readonly err: string;
  /** The ids of the stories that pass in the ledger. */
  readonly passing: readonly string[];
  /** Paths that the task's branch has beyond main. */
  readonly committed: readonly string[];
  /** The journal of the task. */
  readonly journal: string;
  /** The task's history in the ledger. */
  readonly history: string;
  readonly cheats: readonly string[];
  inWorktree(path: string): string;
}

export interface Result {
  readonly name: string;
  readonly does: string;
  readonly did: string;
  /** `limit` for what gwt is known not to hold. */
  readonly verdict: 'ok' | 'limit' | 'not ok';
}

/** Plays a row on a repository of its own, and says what gwt did. A sentence that does not hold begins with NOT. */
export async function played(row: Row): Promise<Result> {
  const sample = await sampleOf(row.setting);
  try {
    const before = personsOwn(sample);
    const end = await (row.play ?? ((at) => at.gwt('loop', 't', '--json', '--yes', ...(row.args ?? []))))(sample);
    const seen = seenOf(sample, end);
    const after = personsOwn(sample);
    const kept = {
      ...(row.harms ? {} : { 'the person’s checkout is as it was': before.checkout === after.checkout }),
      ...(row.harms ? {} : { 'no branch but the task’s moved': before.branches === after.branches }),
      'nothing was left running': sample.running().length === 0,
    };
    return resultOf(row, seen.ends, row.facts(seen), kept);
  } finally {
    sample.remove();
  }
}

type Facts = Readonly<Record<string, boolean>>;

/** What every row must keep is told only where it did not. */
function resultOf({ name, does, ends, limit }: Row, ended: string, stated: Facts, kept: Facts): Result {
  const told = Object.entries(stated).map(([fact, holds]) => (holds ? fact : `NOT: ${fact}`));
  const broken = Object.entries(kept).flatMap(([fact, holds]) => (holds ? [] : [`NOT: ${fact}`]));
  const good = ended === ends && broken.length === 0 && Object.values(stated).every(Boolean);
  const did = [ended, ...told, ...broken, ...(limit ? [limit] : [])].join('; ');
  return { name, does, did, verdict: !good ? 'not ok' : limit ? 'limit' : 'ok' };
}

function personsOwn({ dir, git }: Sample) {
  const refs = git('for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads', 'refs/stash', 'refs/tags');
  return {
    checkout: `${contentOf(dir)} ${git('rev-parse', 'HEAD')} ${git('ls-files', '--stage')}`,
    branches: refs
      .split('\n')
      .filter((line) => !line.endsWith(' refs/heads/gwt/t'))
      .join('\n'),
  };
}

function seenOf(sample: Sample, { out, err, code }: Ended): Seen {
  const { git, worktree } = sample;
  const answer = parsed(out);
  const row = answer.tasks?.[0];
  const refused = answer.error?.code ?? row?.refused?.code;
  const merged = answer.landed && (answer.landed.length > 0 ? 'landed' : 'not landed');
  const counted = row ? ` ${row.stories.passing}/${row.stories.total}` : '';
  const prd = parsed(git('show', 'refs/gwt/tasks/t:prd.json'));
  const text = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  return {
    sample,
    ends: `${refused ?? `${row?.outcome ?? merged ?? 'no answer'}${counted}`}, exit ${code}`,
    reason: row?.reason ?? answer.error?.message ?? '',
    err,
    passing: (prd.userStories ?? []).flatMap(({ id, passes }) => (passes ? [id] : [])),
    committed: git('diff', '--name-only', '-z', 'main', 'gwt/t').split('\0').filter(Boolean),
    journal: text(join(worktree, 'progress.md')),
    history: git('log', '--format=%s%n%b', 'refs/gwt/tasks/t'),
    cheats: row?.cheats ?? [],
    inWorktree: (path) => text(join(worktree, path)),
  };
}

interface Parsed {
  readonly tasks?: readonly {
    readonly outcome: string;
    readonly reason: string;
    readonly stories: { readonly total: number; readonly passing: number };
    readonly cheats: readonly string[];
    readonly refused?: { readonly code: string };
  }[];
  readonly landed?: readonly unknown[];
  readonly error?: { readonly code: string; readonly message: string };
  readonly userStories?: readonly { readonly id: string; readonly passes: boolean }[];
}

function parsed(text: string): Parsed {
  try {
    return JSON.parse(text) as Parsed;
  } catch {
    return {};
  }
}
