import { type Finding, ill, well } from '../../core/finding.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Lease } from '../../core/task.ts';
import type { Ports } from '../../ports.ts';
import { giveBack } from '../queue/give-back.ts';
import { type Look, lookAt } from '../queue/look.ts';

/** What waits in the queue: who took something and went away, and what is planned and a task at once. */
export async function aboutQueue(ports: Ports): Promise<readonly Finding[]> {
  const look = await readable(ports);
  if (!look) return [];
  const tasks = new Set(look.scene.tasks.map(({ id }) => id));
  const lost = new Map(lostIn(look).map(({ id, lease }) => [id, lease.holder]));
  const names = [...new Set([...look.scene.planned.map(({ id }) => id), ...lost.keys()])];
  return names.map((id) => {
    const holder = lost.get(id);
    if (holder !== undefined) return ill('queue', id, `taken by ${holder}, which is gone`, 'gwt doctor --fix');
    if (!tasks.has(id)) return well('queue', id);
    return ill('queue', id, 'it is planned, and a task of this name is there', `gwt queue drop ${id}`);
  });
}

/** Puts back what nobody alive has: the next taker would do so, too. */
export async function mendQueue(ports: Ports): Promise<void> {
  const look = await readable(ports);
  for (const { id, lease } of look ? lostIn(look) : [])
    await giveBack(ports, id, lease.run, { outcome: 'lost', reason: `${lease.holder} had it and is gone` });
}

/** An entry that cannot be read has a finding of its own. */
async function readable(ports: Ports): Promise<Look | undefined> {
  try {
    return await lookAt(ports);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'ledger.broken') return undefined;
    throw error;
  }
}

function lostIn({ scene }: Look): readonly { readonly id: string; readonly lease: Lease }[] {
  const taken = [
    ...scene.planned.map(({ id, takenBy }) => ({ id, lease: takenBy })),
    ...scene.tasks.map(({ id, turn }) => ({ id, lease: turn?.takenBy })),
  ];
  return taken.flatMap(({ id, lease }) => (lease && !scene.stands(lease) ? [{ id, lease }] : []));
}
