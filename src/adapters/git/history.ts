import type { GitHistory, TreeChange } from '../../ports.ts';
import type { GitCall } from './call.ts';
import { lines } from './refs.ts';

/** Questions about commits and what lies between them. */
export function gitHistory(call: GitCall): GitHistory {
  return {
    async mergeBase(a, b) {
      const { stdout } = await call(['merge-base', '--end-of-options', a, b], { ok: [0, 1] });
      return stdout.trim() || undefined;
    },
    async isAncestor(a, b) {
      return (await call(['merge-base', '--is-ancestor', a, b], { ok: [0, 1] })).code === 0;
    },
    async unlanded(target, branch) {
      const { stdout } = await call([
        'rev-list',
        '--reverse',
        '--topo-order',
        '--no-merges',
        '--right-only',
        '--cherry-pick',
        `${target}...${branch}`,
      ]);
      return lines(stdout);
    },
    async changes(from, to) {
      const { stdout } = await call(['diff-tree', '-r', '-z', '--no-renames', from, to]);
      return parseRaw(stdout);
    },
    async aheadBehind(branch, target) {
      const { stdout } = await call(['rev-list', '--left-right', '--count', `${branch}...${target}`]);
      const [ahead, behind] = stdout.trim().split('\t').map(Number);
      return { ahead: ahead ?? 0, behind: behind ?? 0 };
    },
  };
}

/** The answer of `git diff-tree -r -z`, without rename detection. */
export function parseRaw(text: string): readonly TreeChange[] {
  const fields = text.split('\0');
  const changes: TreeChange[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode = '', newMode = '', oldOid = '', newOid = '', status = 'M'] = (fields[at] ?? '')
      .replace(/^:/, '')
      .split(' ');
    changes.push({
      path: fields[at + 1] ?? '',
      status: status[0] as TreeChange['status'],
      oldMode,
      newMode,
      oldOid,
      newOid,
    });
  }
  return changes;
}
