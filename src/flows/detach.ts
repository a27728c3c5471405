import { Refusal } from '../core/refusal.ts';
import { sessionName } from '../core/session-name.ts';
import type { Background, Ports } from '../ports.ts';
import { loopLog, pidFile, runningIn } from './loop/places.ts';
import { beginAt, type LoopInput, wanted } from './loop.ts';

export interface DetachInput extends LoopInput {
  /** Opens a window for each task, which looks on. */
  readonly tmux?: boolean;
}
export interface Detached {
  readonly detached: {
    readonly pid: number;
    /** What the loop prints. */
    readonly log: string;
    readonly tasks: readonly string[];
    /** Those it works on now; the others come later. */
    readonly working: readonly string[];
    /** Its exit code and all it printed, where it ended before it worked on anything. */
    readonly ended?: { readonly code: number; readonly said: string };
    /** The session of tmux with a window for each task. */
    readonly session?: string;
    /** Why there are no windows; the loop runs all the same. */
    readonly windowless?: string;
  };
}

const LOOK_MS = 50;

/** Starts a loop that goes on without this process, and comes back when it holds a task, or ended without one. */
export async function detach(ports: Ports, input: DetachInput): Promise<Detached> {
  if (input.tmux && !(await ports.windows.usable())) throw new Refusal('tmux.missing', { tasks: input.tasks });
  const chosen = await wanted(ports, input);
  await beginAt(ports, input, chosen);
  const tasks = chosen.map(({ id }) => id);
  const [first = ''] = tasks;
  const log = loopLog(await ports.git.repo(), first);
  await ports.files.remove(`${log}.before`);
  await ports.files.rename(log, `${log}.before`);
  const { self, person } = ports;
  const command = [...self.command, ...(person.agrees ? ['--yes'] : []), 'loop', ...flagsOf(input), '--', ...tasks];
  const begun = await ports.processes.background(command, self.cwd, log);
  const { working, code } = await settled(ports, begun, tasks);
  const said = code === undefined ? '' : ((await ports.files.read(log)) ?? '');
  const ended = code === undefined ? {} : { ended: { code, said } };
  const session = input.tmux && code === undefined ? await shown(ports, tasks, working) : {};
  return { detached: { pid: begun.pid, log, tasks, working, ...ended, ...session } };
}

/** The loop keeps the environment it was started with; its windows only look on, so that closing them ends nothing. */
async function shown(
  { git, windows, self }: Ports,
  tasks: readonly string[],
  working: readonly string[],
): Promise<Pick<Detached['detached'], 'session' | 'windowless'>> {
  const { root } = await git.repo();
  const session = sessionName(root);
  for (const task of tasks) {
    const later = working.includes(task) ? [] : ['--wait'];
    const look = [...self.command, 'attach', '--no-tmux', ...later, '--', task];
    const windowless = await windows.open(session, task, look, root);
    if (windowless !== undefined) return { windowless };
  }
  return { session };
}

/** The options that say what `loop` was told. */
function flagsOf({ agent, max, parallel, wait, autocommit, gates = [] }: LoopInput): readonly string[] {
  return [
    ...(agent === undefined ? [] : [`--agent=${agent}`]),
    ...(max === undefined ? [] : [`--max=${max}`]),
    ...(parallel === undefined ? [] : [`--parallel=${parallel}`]),
    ...(wait === false ? ['--no-wait'] : []),
    ...(autocommit === false ? ['--no-autocommit'] : []),
    ...gates.map((gate) => `--gate=${typeof gate === 'string' ? gate : gate.run}`),
  ];
}

async function settled(
  ports: Ports,
  begun: Background,
  tasks: readonly string[],
): Promise<{ readonly working: readonly string[]; readonly code?: number }> {
  for (;;) {
    const working = await heldBy(ports, begun.pid, tasks);
    if (working.length > 0) return { working };
    const code = begun.ended();
    if (code !== undefined) return { working, code };
    if (ports.stop.aborted) {
      ports.processes.signal(begun.pid, 'SIGTERM');
      throw new Refusal('loop.none', { tasks, running: [] });
    }
    await ports.clock.sleep(LOOK_MS);
  }
}

async function heldBy({ git, files }: Ports, pid: number, tasks: readonly string[]): Promise<readonly string[]> {
  const repo = await git.repo();
  const held = await Promise.all(tasks.map(async (id) => runningIn(await files.read(pidFile(repo, id)))));
  return held.flatMap((loop) => (loop?.pid === pid ? [loop.task] : []));
}
