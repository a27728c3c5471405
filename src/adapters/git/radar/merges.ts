import { Refusal } from '../../../core/refusal.ts';
import type { Conflicted, Oid } from '../../../ports.ts';
import { nameOf } from '../names.ts';
import type { Scratch } from '../scratch.ts';

export interface Merged {
  readonly clean: boolean;
  readonly tree: Oid;
  readonly files: readonly Conflicted[];
}

/** Merges that git cannot do at all are stepped over, but not for ever. */
const STEPS = 20;

/**
 * What merging each pair gives, in one process; undefined where git cannot merge them (an object is missing): it dies
 * there, and is started again behind that pair.
 */
export async function merged(
  { call }: Scratch,
  pairs: readonly (readonly [Oid, Oid])[],
): Promise<readonly (Merged | undefined)[]> {
  const answers: (Merged | undefined)[] = [];
  for (let step = 0; answers.length < pairs.length; step += 1) {
    const input = pairs
      .slice(answers.length)
      .map(([a, b]) => `${a} ${b}\n`)
      .join('');
    const args = ['-c', 'merge.conflictStyle=diff3', 'merge-tree', '--write-tree', '--allow-unrelated-histories'];
    const ran = await call([...args, '--stdin'], { input, binary: true, ok: [0, 1, 128] });
    answers.push(...parseMerges(ran.stdout));
    if (ran.code === 0) break;
    if (step === STEPS)
      throw new Refusal('git.failed', {
        command: 'git merge-tree --stdin',
        code: ran.code,
        message: ran.stderr.trim(),
      });
    answers.push(undefined);
  }
  return pairs.map((_, at) => answers[at]);
}

/**
 * The answers of `git merge-tree --write-tree --stdin`, byte for byte (latin1): whether clean, the tree, and the
 * conflicting paths of each. An answer is flag, tree, and for a conflict its stages, an empty field and the messages; an
 * empty field ends it.
 */
export function parseMerges(text: string): readonly Merged[] {
  const fields = text.split('\0');
  const answers: Merged[] = [];
  for (let at = 0; at + 1 < fields.length; at += 1) {
    const [clean, tree = ''] = [fields[at] === '1', fields[at + 1]];
    const files = new Map<string, Conflicted['stages'][number][]>();
    for (at += 2; at < fields.length && fields[at] !== ''; at += 1) {
      const [, mode = '', oid = '', stage, bytes = ''] = STAGE.exec(fields[at] ?? '') ?? [];
      const path = nameOf(bytes);
      files.set(path, [...(files.get(path) ?? []), { stage: Number(stage) as 1 | 2 | 3, mode, oid }]);
    }
    if (!clean) for (at += 1; at < fields.length && fields[at] !== ''; ) at += Number(fields[at]) + 3;
    answers.push({ clean, tree, files: [...files].map(([path, stages]) => ({ path, stages })) });
  }
  return answers;
}

const STAGE = /^(\d+) ([0-9a-f]+) ([123])\t([\s\S]*)$/;
