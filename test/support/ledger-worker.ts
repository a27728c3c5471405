import { leaseFor, take } from '../../src/flows/queue/take.ts';
import { openPorts } from '../../src/main.ts';
import type { Ports } from '../../src/ports.ts';

/** One process among several that use the same ledger; what it did goes to stdout, one line for each deed. */
const [dir = '', deed = '', ...words] = process.argv.slice(2);
const ports = openPorts(
  { cwd: dir, json: false, quiet: true, yes: true },
  () => {},
  new AbortController().signal,
  '0.0.0-test',
);
const deeds: Readonly<Record<string, () => Promise<void>>> = {
  count: () => count(ports, words[0] ?? '', Number(words[1])),
  claim: () => claim(ports, words[0] ?? ''),
  take: () => takeAll(ports),
};
await deeds[deed]?.();

/** Adds one to the task's counter so many times. */
async function count({ ledger }: Ports, task: string, times: number): Promise<void> {
  const key = `tasks/${task}` as const;
  for (let n = 0; n < times; n += 1) {
    const now = await ledger.transact({ keys: [key] }, (view) => {
      const next = Number(view.entry(key)?.docs['count'] ?? 0) + 1;
      const event = { type: 'task.changed', at: '2026-01-01T00:00:00Z', task, what: `count ${next}` } as const;
      return { writes: [{ key, event, docs: { count: String(next) } }], result: next };
    });
    process.stdout.write(`${now}\n`);
  }
}

/** Takes what nobody has taken yet out of half of the tasks; two processes begin at the same place, and all overlap. */
async function claim({ ledger }: Ports, who: string): Promise<void> {
  const entries = [...(await ledger.list('tasks', ['holder']))];
  const turn = (Math.floor(Number(who) / 2) * entries.length) / 4;
  for (const { key } of [...entries, ...entries].slice(turn, turn + entries.length / 2)) {
    const mine = await ledger.transact({ keys: [key] }, (view) => {
      if (view.entry(key)?.docs['holder']) return { writes: [], result: false };
      const event = { type: 'task.changed', at: '2026-01-01T00:00:00Z', task: key, what: `taken by ${who}` } as const;
      return { writes: [{ key, event, docs: { holder: who } }], result: true };
    });
    if (mine) process.stdout.write(`${key}\n`);
  }
}

/** Takes the next thing in the queue until there is none; what it took stays taken when it ends. */
async function takeAll(ports: Ports): Promise<void> {
  const mine = () => take(ports, { lease: { ...leaseFor(ports), pid: 0 } });
  for (let taken = await mine(); taken.outcome === 'taken'; taken = await mine())
    process.stdout.write(`${'entry' in taken ? taken.entry.id : taken.task.id}\n`);
}
