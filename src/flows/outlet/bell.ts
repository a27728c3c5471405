import { join } from 'node:path';
import { GIT_PLACES } from '../../core/git-env.ts';
import type { Background, Ledger, Ports } from '../../ports.ts';
import { outletFolder } from './places.ts';

/** Started from within an agent's run it is no part of that: it would be ended with it, and speak for it. */
const OWN = Object.fromEntries(
  [...GIT_PLACES, 'GWT_RUN_ID', 'GWT_TASK', 'GWT_AGENT_ID', 'GWT_STORY', 'GWT_PURPOSE'].map((name) => [
    name,
    undefined,
  ]),
);

type BellPorts = Pick<Ports, 'ledger' | 'config' | 'git' | 'processes' | 'self' | 'person' | 'clock'>;

/**
 * The ledger, which has what was written told to those whom `on:` names. A process of its own does that: what hangs or
 * fails there never holds up the work, and ends no later than it wants when this process is gone.
 */
export function withBell(ports: BellPorts): Ledger {
  const ring = bellOf(ports);
  return {
    ...ports.ledger,
    async transact(reads, decide) {
      let wrote = false;
      const result = await ports.ledger.transact(reads, (view) => {
        const decision = decide(view);
        wrote = decision.writes.some(({ key }) => !key.startsWith('leases/'));
        return decision;
      });
      // Nobody waits for it, and nobody hears when it cannot be done: doctor tells.
      if (wrote) void ring().catch(() => {});
      return result;
    },
  };
}

/** Whoever tells looks once more before it ends, so that one started for an earlier event has this one too. */
function bellOf({ config, git, processes, self, person, clock }: BellPorts): () => Promise<void> {
  const since = clock.now();
  let wanted: boolean | undefined;
  let teller: Background | undefined;
  let starting = Promise.resolve();
  const start = async () => {
    if (teller && teller.ended() === undefined) return;
    if (wanted === undefined) {
      const { on, export: kept } = await config.load();
      wanted = Object.keys(on).length > 0 || kept !== false;
    }
    if (!wanted) return;
    const repo = await git.repo();
    const yes = person.approves ? ['--yes'] : [];
    const command = [...self.command, ...yes, 'events', '--deliver', '--since', new Date(since).toISOString()];
    teller = await processes.background(command, repo.root, join(outletFolder(repo), 'last.log'), OWN);
  };
  return () => {
    starting = starting.then(start, start);
    return starting;
  };
}
