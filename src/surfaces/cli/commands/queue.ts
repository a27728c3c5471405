import { nearest } from '../../../core/near.ts';
import type { Where } from '../../../core/placing.ts';
import { Refusal } from '../../../core/refusal.ts';
import { type Added, type AddInput, add } from '../../../flows/queue/add.ts';
import { type Changed, move, pause, resume } from '../../../flows/queue/change.ts';
import { type Dropped, drop } from '../../../flows/queue/drop.ts';
import { type Dead, deadLetters, listQueue, type QueueList } from '../../../flows/queue/list.ts';
import { type Next, type NextInput, next } from '../../../flows/queue/next.ts';
import { revive } from '../../../flows/queue/revive.ts';
import type { Ports } from '../../../ports.ts';
import { type CommandSpec, numberOption, type Typed, text, texts } from '../command.ts';
import { renderAdded, renderChanged, renderDead, renderDropped, renderNext, renderQueue } from '../render/queue.ts';

/** What each of them takes besides names. */
const OPTIONS = {
  list: [],
  add: ['prompt', 'owns', 'prd', 'base', 'agent', 'role', 'profile', 'priority', 'after', 'gate', 'epic', 'fromFile'],
  next: ['take', 'spawn', 'for'],
  move: ['first', 'last', 'before', 'behind', 'priority'],
  pause: ['all'],
  resume: ['all'],
  retry: ['all'],
  drop: [],
  dead: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;
type What = keyof typeof OPTIONS;
const WHATS = Object.keys(OPTIONS) as What[];

type Input =
  | { readonly what: 'list' | 'dead' }
  | { readonly what: 'add'; readonly add: AddInput }
  | { readonly what: 'next'; readonly next: NextInput }
  | { readonly what: 'move'; readonly name: string; readonly where: Where }
  | { readonly what: 'pause' | 'resume' | 'retry'; readonly names: readonly string[] | 'all' }
  | { readonly what: 'drop'; readonly names: readonly string[] };
type Answer =
  | { readonly what: 'list'; readonly answer: QueueList }
  | { readonly what: 'dead'; readonly answer: Dead }
  | { readonly what: 'add'; readonly answer: Added }
  | { readonly what: 'next'; readonly answer: Next }
  | { readonly what: 'move' | 'pause' | 'resume' | 'retry'; readonly answer: Changed }
  | { readonly what: 'drop'; readonly answer: Dropped };

export const queueCommand: CommandSpec<Input, Answer> = {
  usage: 'queue [what] [names...]',
  summary: 'what waits for an agent, in the order it will be taken',
  details: `What waits for an agent: planned work, which gets its branch and worktree when its turn comes, and tasks whose loop
does not run.

list: all of it in the order in which it would be taken, and what each waits for (default). add <task>...: plan work.
next: what would be taken now; with --take it is yours for a while, with --spawn it gets its worktree. move <task>: to
another place. pause and resume <task>...: nobody takes it meanwhile. dead: what failed too often, and why. retry
<task>...: revive it, or bring back what was dropped. drop <task>...: take planned work out.

Whatever takes the next thing, in however many processes, takes it alone.`,
  options: [
    { flags: '--prompt <text>', summary: 'add: what the agent should do; default: the task as typed' },
    { flags: '--owns <pattern>', summary: 'add: paths it may change; may be repeated', many: true },
    { flags: '--after <task>', summary: 'add: must land before it begins; may be repeated', many: true },
    { flags: '--priority <number>', summary: 'add, move: higher goes first; default: 0' },
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
    { flags: '--first', summary: 'move: to the front' },
    { flags: '--last', summary: 'move: to the end' },
    { flags: '--before <task>', summary: 'move: right before another' },
    { flags: '--behind <task>', summary: 'move: right behind another' },
    { flags: '--all', summary: 'pause, resume, retry: everything' },
  ],
  examples: [
    { command: "gwt queue add 'Add login' --owns 'src/auth/**' --priority 2", what: 'plan work' },
    { command: 'gwt queue', what: 'what comes next, and what the rest waits for' },
    { command: 'gwt queue next --spawn', what: 'give the next one its worktree' },
    { command: 'gwt queue move add-login --first', what: 'make it the next' },
    { command: 'gwt queue retry --all', what: 'all dead letters once more' },
  ],
  input({ args: [named = 'list', ...names], options }) {
    const what = WHATS.find((one) => one === named);
    const [meant] = nearest(named, WHATS);
    if (!what) return bad(`there is no "queue ${named}"${meant ? `; did you mean ${meant}?` : ''}`);
    refuseStray(what, options);
    return inputOf(what, names, options);
  },
  flow: act,
  render(given, style) {
    switch (given.what) {
      case 'list':
        return renderQueue(given.answer, style);
      case 'dead':
        return renderDead(given.answer, style);
      case 'add':
        return renderAdded(given.answer);
      case 'next':
        return renderNext(given.answer, style);
      case 'drop':
        return renderDropped(given.answer);
      default:
        return renderChanged(given.answer);
    }
  },
  exit: (given) => (given.what === 'next' && given.answer.outcome === 'none' ? 1 : 0),
  json: ({ answer }) => answer,
};

async function act(ports: Ports, input: Input): Promise<Answer> {
  const { what } = input;
  switch (what) {
    case 'list':
      return { what, answer: await listQueue(ports) };
    case 'dead':
      return { what, answer: await deadLetters(ports) };
    case 'add':
      return { what, answer: await add(ports, input.add) };
    case 'next':
      return { what, answer: await next(ports, input.next) };
    case 'move':
      return { what, answer: await move(ports, input.name, input.where) };
    case 'pause':
      return { what, answer: await pause(ports, input.names) };
    case 'resume':
      return { what, answer: await resume(ports, input.names) };
    case 'retry':
      return { what, answer: await revive(ports, input.names) };
    case 'drop':
      return { what, answer: await drop(ports, input.names) };
  }
}

function inputOf(what: What, names: readonly string[], options: Typed['options']): Input {
  switch (what) {
    case 'add':
      return { what, add: addInput(names, options) };
    case 'move':
      return { what, name: onlyName(names), where: whereIn(options) };
    case 'pause':
    case 'resume':
    case 'retry':
      return { what, names: namesOrAll(what, names, options['all'] === true) };
    case 'drop':
      return names.length > 0 ? { what, names } : bad('queue drop takes the names of tasks');
    default:
      if (names.length > 0) return bad(`queue ${what} takes no name`);
      return what === 'next' ? { what, next: nextInput(options) } : { what };
  }
}

/** An option that would do nothing is a misunderstanding. */
function refuseStray(what: What, options: Typed['options']): void {
  const own: readonly string[] = OPTIONS[what];
  for (const [other, names] of Object.entries(OPTIONS))
    for (const name of names)
      if (!own.includes(name) && options[name] !== undefined) bad(`--${dashed(name)} belongs to queue ${other}`);
}

const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function onlyName([name, ...more]: readonly string[]): string {
  return name === undefined || more.length > 0 ? bad('queue move takes one name') : name;
}

function whereIn(options: Typed['options']): Where {
  const priority = priorityIn(options);
  const [before, behind] = [text(options['before']), text(options['behind'])];
  const asked: Where[] = [
    ...(options['first'] === true ? [{ to: 'first' } as const] : []),
    ...(options['last'] === true ? [{ to: 'last' } as const] : []),
    ...(before === undefined ? [] : [{ to: 'before', other: before } as const]),
    ...(behind === undefined ? [] : [{ to: 'behind', other: behind } as const]),
    ...(priority === undefined ? [] : [{ to: 'priority', priority } as const]),
  ];
  const [where, ...more] = asked;
  return where && more.length === 0
    ? where
    : bad('queue move takes one of --first, --last, --before, --behind, --priority');
}

function namesOrAll(what: What, names: readonly string[], all: boolean): readonly string[] | 'all' {
  if (all === names.length > 0) return bad(`queue ${what} takes the names of tasks, or --all`);
  return all ? 'all' : names;
}

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
