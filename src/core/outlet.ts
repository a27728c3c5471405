import type { Event } from './event.ts';

/** A command line, or a command with its time limit (seconds), or an address that is called, or a word on the desktop. */
export type Handler =
  | string
  | { readonly run: string; readonly timeout?: number }
  /** The address, or the environment variable that holds it where it is a secret. */
  | { readonly url?: string; readonly urlEnv?: string; readonly timeout?: number }
  | { readonly notify: true };

type Test = (event: Event) => boolean;
const is =
  (...types: readonly Event['type'][]): Test =>
  ({ type }) =>
    types.includes(type);
const loopEnd =
  (...outcomes: readonly string[]): Test =>
  (event) =>
    event.type === 'loop.ended' && outcomes.includes(event.outcome);

/** Names of what happens, for `on:` in a config. */
const HAPPENINGS = {
  any: () => true,
  spawned: is('task.spawned'),
  finished: loopEnd('complete'),
  stuck: (event) => loopEnd('stuck')(event) || event.type === 'story.aside',
  failed: loopEnd('failed'),
  budget: loopEnd('budget'),
  limit: is('loop.waiting'),
  anomaly: is('anomaly.found'),
  stale: is('task.stale'),
  bounced: is('task.bounced'),
  blocked: is('task.blocked'),
  dropped: is('task.dropped'),
  landed: is('landing.done'),
  undone: is('landing.undone'),
  escalated: is('escalation.opened'),
  waiting: is('escalation.waiting'),
  answered: is('escalation.resolved'),
  message: is('message.sent'),
  handoff: is('handoff.written'),
} satisfies Readonly<Record<string, Test>>;

/** Every name that may stand below `on:`. */
export const HAPPENING_NAMES = Object.keys(HAPPENINGS) as readonly (keyof typeof HAPPENINGS)[];

/** The handlers of a config that an event is for, with the name they stand under, in the order of the config. */
export function handlersFor(
  on: Readonly<Record<string, Handler | readonly Handler[] | undefined>>,
  event: Event,
): readonly { readonly name: string; readonly handler: Handler }[] {
  return Object.entries(on).flatMap(([name, handlers = []]) => {
    const fits = (HAPPENINGS as Readonly<Record<string, Test>>)[name];
    if (!fits?.(event)) return [];
    return [handlers].flat().map((handler) => ({ name, handler: handler as Handler }));
  });
}

/** Every handler of a config, with its name. */
export function allHandlers(
  on: Readonly<Record<string, Handler | readonly Handler[] | undefined>>,
): readonly { readonly name: string; readonly handler: Handler }[] {
  return Object.entries(on).flatMap(([name, handlers = []]) =>
    [handlers].flat().map((handler) => ({ name, handler: handler as Handler })),
  );
}

/** How a handler is shown, and approved. */
export function handlerText(handler: Handler): string {
  if (typeof handler === 'string') return handler;
  if ('run' in handler) return handler.run;
  if ('notify' in handler) return 'a word on the desktop';
  return `POST ${handler.url ?? `$${handler.urlEnv}`}`;
}

/** The program that shows a word on the desktop, with its arguments; undefined where none is known for a system. */
export function notifierFor(platform: string, title: string, text: string): readonly [string, ...string[]] | undefined {
  if (platform.startsWith('linux')) return ['notify-send', '--app-name=gwt', '--', title, text];
  const script = 'on run argv\ndisplay notification (item 2 of argv) with title (item 1 of argv)\nend run';
  if (platform.startsWith('darwin')) return ['osascript', '-e', script, title, text];
  return undefined;
}
