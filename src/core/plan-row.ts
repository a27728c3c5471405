import type { TaskRequest } from './draft.ts';
import { nearest } from './near.ts';

/** Refuses the plan, naming the line where it is known. */
export type Fail = (why: string, line?: number) => never;

/** One thing a plan says of a task, in the plan's own words. */
export interface Fact {
  readonly name: string;
  readonly value: unknown;
  readonly line: number;
}
/** One task of a plan before its facts are read. */
export interface Row {
  readonly title?: string;
  readonly line: number;
  /** Ticked off: nobody has to wait for it. */
  readonly done?: boolean;
  readonly facts: readonly Fact[];
  /** What it is made of, as the text of a prd.json. */
  readonly stories?: string;
  /** The larger piece of work it is a part of; what that says holds for its parts, where they say nothing else. */
  readonly epic?: { readonly title: string; readonly facts: readonly Fact[] };
}

/** A task of a plan, and the line it begins at, where it has lines. */
export interface PlannedTask extends TaskRequest {
  readonly line?: number;
  /** What `after` may call it besides its name. */
  readonly key?: string;
}

/** What a plan may say of a task, and how it is written elsewhere. */
export const NAMES: Readonly<Record<string, keyof TaskRequest | 'key'>> = {
  title: 'title',
  task: 'title',
  name: 'title',
  id: 'key',
  prompt: 'prompt',
  description: 'prompt',
  owns: 'owns',
  paths: 'owns',
  after: 'after',
  dependson: 'after',
  agent: 'agent',
  role: 'role',
  profile: 'profile',
  label: 'labels',
  labels: 'labels',
  priority: 'priority',
  gate: 'gates',
  gates: 'gates',
  base: 'base',
  prd: 'prd',
  epic: 'epic',
};

/** The field a plan's word stands for; undefined for a word that is none. */
export function fieldOf(name: string): keyof TaskRequest | 'key' | undefined {
  const key = name.toLowerCase().replace(/[-_ ]/g, '');
  return Object.hasOwn(NAMES, key) ? NAMES[key] : undefined;
}

/** The task of a row. Fails with the line of what is unknown or of the wrong kind. */
export function requestOf({ title, line, facts, stories, epic }: Row, fail: Fail): PlannedTask {
  const said = facts.find(({ name, value }) => fieldOf(name) === 'title' && typeof value === 'string')?.value;
  const where = title ?? (said as string | undefined) ?? `the task at line ${line}`;
  const own = fieldsOf(title === undefined ? facts : [{ name: 'title', value: title, line }, ...facts], where, fail);
  const { title: _, key: __, ...above } = epic ? fieldsOf(epic.facts, epic.title, fail) : {};
  const name = own['title'] ?? own['key'];
  if (typeof name !== 'string') return fail('a task has no name', line);
  const after = [...((above['after'] as string[]) ?? []), ...((own['after'] as string[]) ?? [])];
  const words = [own['prompt'], ...(epic && above['prompt'] ? [`Part of ${epic.title}: ${above['prompt']}`] : [])];
  const prompt = words.filter((one) => one !== undefined);
  const intent = own['prompt'] === undefined && prompt.length > 0 ? [name, ...prompt] : prompt;
  return {
    ...above,
    ...own,
    title: name,
    line,
    ...(stories === undefined ? {} : { stories }),
    ...(after.length > 0 ? { after } : {}),
    ...(intent.length > 0 ? { prompt: intent.join('\n\n') } : {}),
    ...(epic && own['epic'] === undefined ? { epic: epic.title } : {}),
  };
}

function fieldsOf(facts: readonly Fact[], where: string, fail: Fail): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const { name, value, line } of facts) {
    const field = fieldOf(name);
    if (!field) return fail(`${where}: "${name}" is not known${meant(name)}`, line);
    if (value === null || value === undefined) continue;
    found[field] = factOf(field, value, (why) => fail(`${where}: ${name} ${why}`, line));
  }
  return found;
}

function meant(name: string): string {
  const known = Object.keys(NAMES);
  const [near] = nearest(name, known);
  return near ? `; did you mean ${near}?` : `; known: ${known.join(', ')}`;
}

function factOf(field: keyof TaskRequest | 'key', value: unknown, fail: (why: string) => never): unknown {
  const isText = (one: unknown): boolean => typeof one === 'string' || typeof one === 'number';
  switch (field) {
    case 'owns':
    case 'labels':
    case 'after': {
      const list = Array.isArray(value) ? value : field !== 'owns' ? String(value).split(/[\s,]+/) : [value];
      return list.every(isText) ? list.map(String).filter(Boolean) : fail('must be a text or a list of texts');
    }
    case 'gates': {
      const list = Array.isArray(value) ? value : [value];
      const good = list.every((one) => typeof one === 'string' || (isMap(one) && typeof one['run'] === 'string'));
      return good ? list : fail('must be a command or a list of commands');
    }
    case 'priority': {
      const number = Number(value);
      const good = isText(value) && Number.isInteger(number) && Math.abs(number) < 1e9;
      return good ? number : fail('must be a whole number');
    }
    default:
      return isText(value) && String(value).trim() !== '' ? String(value) : fail('must be a text');
  }
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
