import { type Epic, epicsOf, type Part } from '../core/epic.ts';
import { readPrd } from '../core/prd.ts';
import { taskOf } from '../core/records.ts';
import { slugOf } from '../core/slug.ts';
import type { Entry, Ports } from '../ports.ts';
import { plannedOf } from './queue/look.ts';

/** An epic and what it is made of. */
export interface ShownEpic {
  readonly epic: Epic;
  readonly parts: readonly (Part & { readonly id: string; readonly title: string })[];
}

/** The epics of these tasks and of what waits in the queue. */
export async function epicsAmong({ ledger }: Pick<Ports, 'ledger'>, tasks: readonly Entry[]): Promise<readonly Epic[]> {
  return epicsOf([...tasks.map(partOf), ...(await ledger.list('queue', ['entry.json'])).map(waitingPart)]);
}

/** The epic of that name, by any spelling that makes the same slug; undefined when there is none. */
export async function epicNamed({ ledger }: Pick<Ports, 'ledger'>, name: string): Promise<ShownEpic | undefined> {
  const tasks = (await ledger.list('tasks', ['task.json', 'prd.json'])).map(partOf);
  const parts = [...tasks, ...(await ledger.list('queue', ['entry.json'])).map(waitingPart)];
  const [epic] = epicsOf(parts.filter((part) => part.epic !== undefined && slug(part.epic) === slug(name)));
  return epic && { epic, parts: parts.filter((part) => part.epic === epic.name && part.state !== 'dropped') };
}

function slug(name: string): string {
  const named = slugOf(name);
  return 'slug' in named ? named.slug : name;
}

/** What a task adds to its epic. */
export function partOf(entry: Entry): ShownEpic['parts'][number] {
  const { id, title, epic, state, usage } = taskOf(entry);
  const named = epic === undefined ? {} : { epic };
  return { id, title, ...named, state, costUsd: usage.costUsd, stories: storiesIn(entry) };
}

function waitingPart(entry: Entry): ShownEpic['parts'][number] {
  const { id, title, epic } = plannedOf(entry);
  return { id, title, ...(epic === undefined ? {} : { epic }), state: 'waiting' };
}

/** Stories and how many pass; a PRD that cannot be read counts none. */
function storiesIn({ docs, key }: Entry): { readonly total: number; readonly passing: number } {
  try {
    const { stories } = readPrd(docs['prd.json'] ?? '', key);
    return { total: stories.length, passing: stories.filter(({ passes }) => passes).length };
  } catch {
    return { total: 0, passing: 0 };
  }
}
