import { join } from 'node:path';
import type { Ports } from '../../ports.ts';
import { type HookPorts, refreshHooks } from '../hooks.ts';
import { refreshAll } from '../seeds.ts';

type ToldPorts = HookPorts & Pick<Ports, 'locks' | 'clock'>;

/**
 * Has every worktree go by the claims as they are now: what its hooks read, and its memory file. Only what says
 * something else than before is written. Where a crash kept it from the end, `catchUp` finds that.
 */
export async function tellWorktrees(ports: ToldPorts): Promise<void> {
  const rev = (await ports.ledger.read('meta/claims'))?.rev ?? '';
  await Promise.all([refreshAll(ports), refreshHooks(ports)]);
  await ports.files.jot(await toldFile(ports), rev);
}

/** Tells the worktrees of a change of claims that some process wrote down and died before it told. */
export async function catchUp(ports: ToldPorts): Promise<void> {
  const rev = (await ports.ledger.read('meta/claims'))?.rev;
  if (rev !== undefined && rev !== (await ports.files.read(await toldFile(ports)))) await tellWorktrees(ports);
}

const toldFile = async ({ git }: ToldPorts): Promise<string> => join((await git.repo()).common, 'gwt', 'claims-told');
