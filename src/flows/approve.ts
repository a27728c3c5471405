import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type CommandUse, commandsOf, type ProjectCommand } from '../core/approval.ts';
import { Refusal } from '../core/refusal.ts';
import { stateFolder } from '../core/state-folder.ts';
import type { Ports } from '../ports.ts';

type ApprovePorts = Pick<Ports, 'config' | 'files' | 'git' | 'person' | 'self'>;

/**
 * Comes back when every command of the project's config with one of these uses may run on this machine; asks once
 * for all that are new. Refuses `config.unapproved` when the person says no, or when there is nobody to ask.
 * The user's own config and the command line need no approval.
 */
export async function approve(ports: ApprovePorts, needed: readonly CommandUse[]): Promise<void> {
  if (ports.person.approves) return;
  // What only runs beside the work is asked for where somebody may answer, and keeps nobody from working.
  const uses: readonly CommandUse[] = ports.person.present ? [...needed, 'on'] : needed;
  const project = (await ports.config.layers()).find(({ source }) => source === 'project');
  const wanted = project ? commandsOf(project.value) : [];
  if (!project || !wanted.some(({ use }) => uses.includes(use))) return;
  const { common } = await ports.git.repo();
  const fresh = await unapproved(ports, common, wanted);
  if (!fresh.some(({ use }) => uses.includes(use))) return;
  const commands = fresh.map(({ text }) => text);
  if (!ports.person.present || !(await ports.person.ask(question(project.file, commands))))
    throw new Refusal('config.unapproved', { file: project.file, commands });
  for (const command of fresh) await ports.files.write(markOf(ports, common, command), `${command.text}\n`, 0o600);
}

async function unapproved(
  ports: ApprovePorts,
  common: string,
  wanted: readonly ProjectCommand[],
): Promise<readonly ProjectCommand[]> {
  const known = await Promise.all(wanted.map((command) => ports.files.exists(markOf(ports, common, command))));
  return wanted.filter((_, at) => !known[at]);
}

function question(file: string, commands: readonly string[]): string {
  const shown = commands.map((line) => `  ${visible(line).replaceAll('\n', '\n    ')}`);
  return `${file} runs these commands on this machine:\n${shown.join('\n')}\nRun them now and from now on?`;
}

/** A terminal must not be told to hide a part of what is to be approved. */
const visible = (line: string): string => line.replace(/[^\P{C}\n]/gu, '�');

/** One file for each approval, so that two at once cannot lose each other's; it belongs to this repository alone. */
function markOf({ self }: ApprovePorts, common: string, { use, text }: ProjectCommand): string {
  const name = createHash('sha256').update([common, use, text].join('\0')).digest('hex');
  return join(stateFolder(self), 'approved', name);
}
