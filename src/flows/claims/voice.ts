import { Refusal } from '../../core/refusal.ts';
import type { Task } from '../../core/task.ts';
import type { Ports } from '../../ports.ts';
import { taskHere, taskNamed } from '../tasks.ts';

type VoicePorts = Pick<Ports, 'ledger' | 'git' | 'self'>;

/** Who types a command about claims: the agent of a task, or a person. */
export interface Voice {
  readonly name: string;
  /** Whose agent it is: gwt started it, or it stands in the task's worktree. */
  readonly task?: string;
}

export async function voiceOf(ports: VoicePorts): Promise<Voice> {
  const { GWT_AGENT_ID: agent, GWT_TASK: named } = ports.self.env;
  const task = named || (await taskHere(ports))?.id;
  if (!task) return { name: (await ports.git.config.identity()).name };
  return { name: agent || task, task };
}

/**
 * The task a command is about, and who gives it. A person may act for every task they name; an agent for its own alone:
 * refuses `claim.foreign`, and `task.none` where no task can be told.
 */
export async function taskAndVoice(
  ports: VoicePorts,
  name: string | undefined,
  doing: string,
): Promise<{ readonly task: Task; readonly voice: Voice }> {
  const voice = await voiceOf(ports);
  const started = ports.self.env['GWT_TASK'];
  const task = name === undefined ? voice.task : (await taskNamed(ports, name)).id;
  if (task === undefined) throw new Refusal('task.none', { doing });
  if (started && started !== task) throw new Refusal('claim.foreign', { task, speaker: voice.name, doing });
  // Who names the task by hand, and was not started by gwt, is a person.
  const person = name !== undefined && !started;
  return { task: await taskNamed(ports, task), voice: person ? await personOf(ports) : voice };
}

/** The person gwt works for. */
export async function personOf({ git }: Pick<Ports, 'git'>): Promise<Voice> {
  return { name: (await git.config.identity()).name };
}
