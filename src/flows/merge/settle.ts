import type { Settlement } from '../../core/escalation.ts';
import { signatureOf } from '../../core/merge/conflict.ts';
import type { Ports } from '../../ports.ts';
import type { Conflict, Resolved, Settle, Settled } from './rebase.ts';
import type { ByRules } from './rules.ts';

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
  rules?: ByRules;
  settlements?: readonly Settlement[];
}

export interface SettlerOptions {
  /** Who may answer; nobody when left out. */
  readonly resolver?: { readonly ask: Resolver; readonly agent: string; readonly tries: number };
  /** Rules, asked before the resolver; it gets what they leave. */
  readonly rules?: (conflict: Conflict) => Promise<ByRules>;
  /** What a person said, asked before anybody else. */
  readonly person?: (conflict: Conflict) => Promise<readonly Settlement[] | undefined>;
}

/**
 * Settles conflicts, each at most `tries` times. What was accepted once is used again when the very same conflict comes
 * back, as it does when the train is built anew.
 */
export function openSettler({ git }: Pick<Ports, 'git'>, { resolver, rules, person }: SettlerOptions): Settler {
  const memory = new Map<string, Memory>();
  const settled = async (
    { picked }: Conflict,
    settlements: readonly Settlement[],
    by: Omit<Resolved, 'path'>,
    before: readonly Resolved[] = [],
  ) => ({
    outcome: 'settled' as const,
    tree: await git.merging.put(picked.tree, settlements),
    resolved: [...before, ...picked.files.map(({ path }) => ({ path, ...by }))],
  });
  const settle = async (conflict: Conflict): Promise<Settled> => {
    const told = await person?.(conflict);
    if (told) return settled(conflict, told, { by: 'person' });
    const known = memoryOf(memory, conflict);
    known.rules ??= (await rules?.(conflict)) ?? NONE;
    const left = await without(git, conflict, known.rules);
    const { resolved } = known.rules;
    if (left.picked.files.length === 0) return { outcome: 'settled', tree: left.picked.tree, resolved };
    while (!known.settlements && resolver && known.asked < resolver.tries) {
      known.asked += 1;
      const answer = await resolver.ask(left, known.tried);
      if ('settlements' in answer) known.settlements = answer.settlements;
      else known.tried.push(...answer.faults.map((fault) => `try ${known.asked}: ${fault}`));
    }
    if (!known.settlements) return { outcome: 'unsettled', tried: known.tried };
    return settled(left, known.settlements, { by: 'agent', agent: resolver?.agent ?? '' }, resolved);
  };
  return {
    settle,
    reject(branch, why) {
      const ruled = (one: Memory) => (one.rules?.resolved.length ?? 0) > 0;
      const answers = [...memory.values()].filter((one) => one.branch === branch && (one.settlements || ruled(one)));
      for (const one of answers) {
        delete one.settlements;
        // Said once more it would be the same: from now on this conflict is whole again, and for others.
        one.rules = NONE;
        one.tried.push(why);
      }
      return answers.some((one) => one.asked < (resolver?.tries ?? 0));
    },
  };
}

const NONE: ByRules = { settlements: [], resolved: [] };

/** The conflict less what rules settled of it. */
async function without(git: Ports['git'], conflict: Conflict, { settlements, resolved }: ByRules): Promise<Conflict> {
  if (settlements.length === 0) return conflict;
  const { picked } = conflict;
  const files = picked.files.filter(({ path }) => !resolved.some((one) => one.path === path));
  return { ...conflict, picked: { ...picked, files, tree: await git.merging.put(picked.tree, settlements) } };
}

function memoryOf(memory: Map<string, Memory>, conflict: Conflict): Memory {
  const key = JSON.stringify([conflict.branch, signatureOf(conflict.picked.files)]);
  const known = memory.get(key) ?? { branch: conflict.branch, asked: 0, tried: [] };
  memory.set(key, known);
  return known;
}
