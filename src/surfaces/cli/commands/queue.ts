import { nearest } from '../../../core/near.ts';
import { Refusal } from '../../../core/refusal.ts';
import { type Added, type AddInput, add } from '../../../flows/queue/add.ts';
import { listQueue, type QueueList } from '../../../flows/queue/list.ts';
import { type Next, type NextInput, next } from '../../../flows/queue/next.ts';
import { type CommandSpec, numberOption, type Typed, text, texts } from '../command.ts';
import { renderAdded, renderNext, renderQueue } from '../render/queue.ts';

/** What each of them takes besides names. */
const OPTIONS = {
  list: [],
  add: ['prompt', 'owns', 'prd', 'base', 'agent', 'role', 'profile', 'priority', 'after', 'gate', 'epic', 'fromFile'],
  next: ['take', 'spawn', 'for'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
type What = keyof typeof OPTIONS;
const WHATS = Object.keys(OPTIONS) as What[];

type Input =
  | { readonly what: 'list' }
  | { readonly what: 'add'; readonly add: AddInput }
  | { readonly what: 'next'; readonly next: NextInput };
type Answer =
  | { readonly what: 'list'; readonly list: QueueList }
  | { readonly what: 'add'; readonly added: Added }
  | { readonly what: 'next'; readonly next: Next };

export const queueCommand: CommandSpec<Input, Answer> = {
  usage: 'queue [what] [names...]',
  summary: 'what waits for an agent, in the order it will be taken',
  details: `What waits for an agent: planned work, which gets its branch and worktree when its turn comes, and tasks whose loop
does not run.

list: all of it in the order in which it would be taken, and what each waits for (default). add <task>...: plan work.
next: what would be taken now; with --take it is yours for a while, with --spawn it gets its worktree. Whatever takes
the next thing, in however many processes, takes it alone.`,
  options: [
    { flags: '--prompt <text>', summary: 'add: what the agent should do; default: the task as typed' },
    { flags: '--owns <pattern>', summary: 'add: paths it may change; may be repeated', many: true },
    { flags: '--after <task>', summary: 'add: must land before it begins; may be repeated', many: true },
    { flags: '--priority <number>', summary: 'add: higher goes first; default: 0' },
    { flags: '--prd <file>', summary: 'add: stories to work through' },
    { flags: '--base <rev>', summary: 'add: where its branch will start; default: the target as it is then' },
    { flags: '--agent <name>', summary: 'add: agent from the config' },
    { flags: '--role <role>', summary: 'add: what the agent is' },
    { flags: '--profile <name>', summary: 'add: a profile of the config' },
    { flags: '--gate <command>', summary: 'add: must succeed for it; may be repeated', many: true },
    { flags: '--epic <task>', summary: 'add: what it is a part of' },
    { flags: '--from-file <file>', summary: 'add: tasks of a Markdown, YAML or JSON file' },
    { flags: '--take', summary: 'next: take it, and name it' },
    { flags: '--for <minutes>', summary: 'next --take: how long it is yours; default: 10' },
    { flags: '--spawn', summary: 'next: take it and make its worktree' },
  ],
  examples: [
    { command: "gwt queue add 'Add login' --owns 'src/auth/**' --priority 2", what: 'plan work' },
    { command: 'gwt queue', what: 'what comes next, and what the rest waits for' },
    { command: 'gwt queue next --spawn', what: 'give the next one its worktree' },
  ],
  input({ args: [named = 'list', ...names], options }) {
    const what = WHATS.find((one) => one === named);
    const [meant] = nearest(named, WHATS);
    if (!what) return bad(`there is no "queue ${named}"${meant ? `; did you mean ${meant}?` : ''}`);
    refuseStray(what, options);
    if (what === 'add') return { what, add: addInput(names, options) };
    if (names.length > 0) return bad(`queue ${what} takes no name`);
    return what === 'next' ? { what, next: nextInput(options) } : { what };
  },
  async flow(ports, input) {
    if (input.what === 'add') return { what: 'add', added: await add(ports, input.add) };
    if (input.what === 'next') return { what: 'next', next: await next(ports, input.next) };
    return { what: 'list', list: await listQueue(ports) };
  },
  render(answer, style) {
    if (answer.what === 'add') return renderAdded(answer.added);
    return answer.what === 'next' ? renderNext(answer.next, style) : renderQueue(answer.list, style);
  },
  exit: (answer) => (answer.what === 'next' && answer.next.outcome === 'none' ? 1 : 0),
  json(answer) {
    if (answer.what === 'add') return answer.added;
    return answer.what === 'next' ? answer.next : answer.list;
  },
};

/** An option that would do nothing is a misunderstanding. */
function refuseStray(what: What, options: Typed['options']): void {
  const own: readonly string[] = OPTIONS[what];
  for (const [other, names] of Object.entries(OPTIONS))
    for (const name of names)
      if (!own.includes(name) && options[name] !== undefined) bad(`--${dashed(name)} belongs to queue ${other}`);
}

const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function addInput(titles: readonly string[], options: Typed['options']): AddInput {
  const typed = {
    prompt: text(options['prompt']),
    base: text(options['base']),
    agent: text(options['agent']),
    role: text(options['role']),
    profile: text(options['profile']),
    prd: text(options['prd']),
    epic: text(options['epic']),
    fromFile: text(options['fromFile']),
    priority: priorityIn(options),
    owns: listOf(options['owns']),
    after: listOf(options['after']),
    gates: listOf(options['gate']),
  };
  return { titles, ...Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== undefined)) };
}

const listOf = (value: unknown): readonly string[] | undefined => (value === undefined ? undefined : texts(value));

function priorityIn(options: Typed['options']): number | undefined {
  const typed = text(options['priority']);
  if (typed === undefined || /^-?\d{1,9}$/.test(typed)) return typed === undefined ? undefined : Number(typed);
  return bad(`--priority takes a whole number, not "${typed}"`);
}

function nextInput(options: Typed['options']): NextInput {
  const [take, spawn] = [options['take'] === true, options['spawn'] === true];
  const minutes = numberOption(options, 'for', 'queue');
  if (take && spawn) return bad('next takes --take or --spawn, not both');
  if (minutes !== undefined && !take) return bad('--for belongs to --take');
  return take ? { minutes: minutes ?? 10 } : { spawn };
}

function bad(problem: string): never {
  throw new Refusal('usage.bad', { problem, command: 'queue' });
}
