import { basename } from 'node:path';
import type { Event } from '../../core/event.ts';
import { GIT_PLACES } from '../../core/git-env.ts';
import { type Handler, handlerText, notifierFor } from '../../core/outlet.ts';
import type { Ports } from '../../ports.ts';
import { resultsFile } from './places.ts';

/** What a handler is given, as JSON. */
export interface Given {
  readonly id: string;
  readonly name: string;
  readonly at: string;
  readonly key: string;
  readonly text: string;
  readonly event: Event;
  /** It was begun before, and gwt was killed meanwhile: it may have done its work. */
  readonly again?: boolean;
}
/** What came of it. `handler` names no address beyond its host. */
export interface Handled {
  readonly at: string;
  readonly id: string;
  readonly name: string;
  readonly handler: string;
  /** Undefined when it went well. */
  readonly problem?: string;
}
type HandlePorts = Pick<Ports, 'programs' | 'web' | 'clock' | 'self' | 'git' | 'files' | 'stop'>;

const RUN_SECONDS = 30;
const CALL_SECONDS = 10;
const WAITS_MS = [1_000, 4_000, 16_000];
const KEPT_LINES = 200;

/** Starts or calls one handler with an event, and writes down what came of it; never throws for what it did. */
export async function handle(ports: HandlePorts, handler: Handler, given: Given): Promise<Handled> {
  const repo = await ports.git.repo();
  const body = JSON.stringify({ repository: repo.root, ...given });
  const problem = await problemOf(ports, handler, given, body, repo.root);
  const at = new Date(ports.clock.now()).toISOString();
  const { id, name } = given;
  const handled: Handled = { at, id, name, handler: shownAs(handler), ...(problem ? { problem } : {}) };
  const path = resultsFile(repo);
  const before = ((await ports.files.read(path)) ?? '').split('\n').filter(Boolean);
  await ports.files.jot(path, `${[...before, JSON.stringify(handled)].slice(-KEPT_LINES).join('\n')}\n`, 0o600);
  return handled;
}

async function problemOf(
  ports: HandlePorts,
  handler: Handler,
  { name, text }: Given,
  body: string,
  root: string,
): Promise<string | undefined> {
  if (typeof handler === 'string') return ran(ports, handler, name, body, root, RUN_SECONDS);
  if ('run' in handler) return ran(ports, handler.run, name, body, root, handler.timeout ?? RUN_SECONDS);
  if (!('notify' in handler)) return called(ports, handler, body);
  const command = notifierFor(ports.self.platform, `gwt: ${basename(root)}`, text);
  return command ? ran(ports, command, name, '', root, RUN_SECONDS) : 'no notifier is known for this system';
}

async function ran(
  { programs }: HandlePorts,
  command: string | readonly string[],
  name: string,
  input: string,
  cwd: string,
  seconds: number,
): Promise<string | undefined> {
  const env = { ...Object.fromEntries(GIT_PLACES.map((one) => [one, undefined])), GWT_EVENT: name };
  const end = await programs.run({ command, cwd, env, input, wallMs: seconds * 1000 });
  if (end.outcome === 'exited' && end.code === 0) return undefined;
  if (end.outcome === 'not-found') return `${typeof command === 'string' ? command : command[0]} is not on PATH`;
  if (end.outcome === 'timeout') return `not done within ${seconds} s`;
  const said = end.tail.trim().split('\n').at(-1) ?? '';
  return `exit ${end.code ?? end.signal ?? end.outcome}${said ? `: ${said.slice(0, 200)}` : ''}`;
}

async function called(
  ports: HandlePorts,
  { url, urlEnv, timeout = CALL_SECONDS }: { url?: string; urlEnv?: string; timeout?: number },
  body: string,
): Promise<string | undefined> {
  const address = url ?? ports.self.env[urlEnv ?? ''];
  if (!address) return `${urlEnv} is not set`;
  for (let tried = 0; ; tried += 1) {
    const end = await ports.web.post(address, body, timeout * 1000);
    if (end.outcome === 'taken') return undefined;
    const wait = WAITS_MS[tried];
    if (!end.again || wait === undefined || ports.stop.aborted) return `${end.why}, tried ${tried + 1} times`;
    await ports.clock.sleep(wait);
  }
}

/** Addresses of webhooks are keys: only the host is shown. */
function shownAs(handler: Handler): string {
  if (typeof handler === 'string' || !('url' in handler) || !handler.url) return handlerText(handler);
  try {
    return `POST ${new URL(handler.url).host}`;
  } catch {
    return 'POST';
  }
}
