import { join } from 'node:path';
import type { ConfigInput } from '../../src/core/config.ts';
import type { Event, EventOf, EventType } from '../../src/core/event.ts';
import type { GateSpec } from '../../src/core/gate.ts';
import type { TaskLooped } from '../../src/flows/loop/run.ts';
import { type LoopInput, loop } from '../../src/flows/loop.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { PROJECT, type Scene, scene } from './scene.ts';

export const agentPath = (name: string): string => join(PROJECT, 'fixtures/agents', name);

/** Stories as a PRD in the list form. */
export const prdOf = (...ids: readonly string[]): string =>
  `${JSON.stringify({ userStories: ids.map((id, at) => ({ id, title: `Story ${id}`, description: id, acceptanceCriteria: [], priority: at + 1, passes: false, notes: '' })) }, null, 2)}\n`;

export interface Setting {
  readonly gates?: readonly GateSpec[];
  readonly owns?: readonly string[];
  readonly prd?: string;
  readonly loop?: Partial<ConfigInput['loop']>;
  readonly files?: Readonly<Record<string, string>>;
}

/** A scene with one spawned task `t`, whose agent is a program of fixtures/agents. */
export async function taskScene(
  agent: string,
  { gates = [], owns, prd = prdOf('S-1'), loop, files = {} }: Setting = {},
): Promise<Scene> {
  const config = {
    gates,
    agents: { a: { driver: 'command', command: [agentPath(agent)] } },
    loop: { agent: 'a', ...loop },
  };
  const s = await scene({
    'README.md': '# sample\n',
    'old.txt': 'old\n',
    'gwt.config.json': JSON.stringify(config),
    ...files,
  });
  s.write('stories.json', prd);
  await spawn(s.ports(), { tasks: ['t'], prd: 'stories.json', ...(owns ? { owns } : {}) });
  return s;
}

/** One loop on `t`, in process: its row, what it reported, and the story of its last iteration. */
export async function looped(
  s: Scene,
  input: Partial<LoopInput> = {},
): Promise<{ row: TaskLooped; events: readonly Event[]; last: EventOf<'iteration.ended'> }> {
  const ports = s.ports();
  const { tasks } = await loop(ports, { tasks: ['t'], ...input });
  const [row] = tasks;
  const last = of(ports.events, 'iteration.ended').at(-1);
  if (!row || !last) throw new Error('no iteration was run');
  return { row, events: ports.events, last };
}

export const of = <T extends EventType>(events: readonly Event[], type: T): readonly EventOf<T>[] =>
  events.filter((event): event is EventOf<T> => event.type === type);

/** The stories of the ledger that pass. */
export function passing(s: Scene, task = 't'): readonly string[] {
  const prd = JSON.parse(s.git('show', `refs/gwt/tasks/${task}:prd.json`)) as {
    userStories: { id: string; passes: boolean }[];
  };
  return prd.userStories.filter(({ passes }) => passes).map(({ id }) => id);
}

export const stateOf = (s: Scene, task = 't'): string =>
  JSON.parse(s.git('show', `refs/gwt/tasks/${task}:task.json`)).state;
