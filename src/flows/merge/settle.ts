import type { Settlement } from '../../core/escalation.ts';
import { signatureOf } from '../../core/merge/conflict.ts';
import type { Ports } from '../../ports.ts';
import type { Conflict, Resolved, Settle, Settled } from './rebase.ts';

/** Answers a conflict, told what was wrong with earlier answers; or says what was wrong with this one. */
export type Resolver = (
  conflict: Conflict,
  tried: readonly string[],
) => Promise<{ readonly settlements: readonly Settlement[] } | { readonly faults: readonly string[] }>;

export interface Settler {
  readonly settle: Settle;
  /** Takes back what the resolver said about a branch's conflicts, with the reason; false when it has no try left. */
  reject(branch: string, why: string): boolean;
}

interface Memory {
  readonly branch: string;
  asked: number;
  tried: string[];
  settlements?: readonly Settlement[];
}

export interface SettlerOptions {
  /** Who may answer; nobody when left out. */
  readonly resolver?: { readonly ask: Resolver; readonly agent: string; readonly tries: number };
  /** What a person said, asked before anybody else. */
  readonly person?: (conflict: Conflict) => readonly Settlement[] | undefined;
}

/**
 * Settles conflicts, each at most `tries` times. What was accepted once is used again when the very same conflict comes
 * back, as it does when the train is built anew.
 */
export function openSettler({ git }: Pick<Ports, 'git'>, { resolver, person }: SettlerOptions): Settler {
  const memory = new Map<string, Memory>();
  const settled = async (conflict: Conflict, settlements: readonly Settlement[], by: Omit<Resolved, 'path'>) => ({
    outcome: 'settled' as const,
    tree: await git.merging.put(conflict.picked.tree, settlements),
    resolved: conflict.picked.files.map(({ path }) => ({ path, ...by })),
  });
  const settle = async (conflict: Conflict): Promise<Settled> => {
    const told = person?.(conflict);
    if (told) return settled(conflict, told, { by: 'person' });
    const known = memoryOf(memory, conflict);
    while (!known.settlements && resolver && known.asked < resolver.tries) {
      known.asked += 1;
      const answer = await resolver.ask(conflict, known.tried);
      if ('settlements' in answer) known.settlements = answer.settlements;
      else known.tried.push(...answer.faults.map((fault) => `try ${known.asked}: ${fault}`));
    }
    if (!known.settlements) return { outcome: 'unsettled', tried: known.tried };
    return settled(conflict, known.settlements, { by: 'agent', agent: resolver?.agent ?? '' });
  };
  return {
    settle,
    reject(branch, why) {
      const answers = [...memory.values()].filter((one) => one.branch === branch && one.settlements);
      for (const one of answers) {
        delete one.settlements;
        one.tried.push(why);
      }
      return answers.some((one) => one.asked < (resolver?.tries ?? 0));
    },
  };
}

function memoryOf(memory: Map<string, Memory>, conflict: Conflict): Memory {
  const key = JSON.stringify([conflict.branch, signatureOf(conflict.picked.files)]);
  const known = memory.get(key) ?? { branch: conflict.branch, asked: 0, tried: [] };
  memory.set(key, known);
  return known;
}
