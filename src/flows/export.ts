import { join, relative, resolve, sep } from 'node:path';
import { agentStatus, handoffLog, handoffsIn } from '../core/export.ts';
import { document, taskOf } from '../core/records.ts';
import { Refusal } from '../core/refusal.ts';
import { isActive } from '../core/task.ts';
import type { Ports } from '../ports.ts';
import { runsFolder } from './loop/places.ts';

export interface ExportInput {
  /** Relative to the main checkout; else what the config says, else `.ai-coordinator`. */
  readonly folder?: string;
}
export interface Exported {
  readonly folder: string;
  readonly files: readonly string[];
}

const USUAL = '.ai-coordinator';

/** Writes who does what, and who handed over to whom, as files that agents of other tools read. Git does not see them. */
export async function exportFiles(ports: Ports, { folder }: ExportInput): Promise<Exported> {
  const kept = (await ports.config.load()).export;
  const { root } = await ports.git.repo();
  const into = folderIn(root, folder ?? (typeof kept === 'string' ? kept : USUAL));
  const entries = await ports.ledger.list('tasks', ['task.json', 'handoffs.json']);
  const tasks = entries.map((entry) => ({ task: taskOf(entry), handoffs: handoffsIn(entry.docs) }));
  const rows = await Promise.all(
    tasks.map(async ({ task }) => ({ task, beat: isActive(task) ? await beatOf(ports, task.id) : undefined })),
  );
  const files = {
    'agent-status.json': document(agentStatus(rows)),
    'handoff.md': handoffLog(tasks.flatMap(({ handoffs }) => handoffs)),
  };
  // The folder keeps itself out of git.
  if (!(await ports.files.exists(join(into, '.gitignore')))) await ports.files.write(join(into, '.gitignore'), '*\n');
  for (const [name, text] of Object.entries(files))
    if ((await ports.files.read(join(into, name))) !== text) await ports.files.write(join(into, name), text);
  return { folder: into, files: Object.keys(files) };
}

/** Writes them anew where the config keeps them fresh. */
export async function exportFresh(ports: Ports): Promise<void> {
  if ((await ports.config.load()).export !== false) await exportFiles(ports, {});
}

/** A config that came with a project writes nowhere else. */
function folderIn(root: string, folder: string): string {
  const into = resolve(root, folder);
  const inside = relative(root, into);
  if (inside === '' || inside.split(sep).includes('..') || inside.split(sep)[0] === '.git')
    throw new Refusal('usage.bad', { problem: `${folder} is no folder inside the repository`, command: 'export' });
  return into;
}

async function beatOf({ files, git }: Ports, task: string) {
  try {
    const text = await files.read(join(runsFolder(await git.repo(), task), 'heartbeat.json'));
    return JSON.parse(text ?? '') as { readonly at: string; readonly lastAction?: string; readonly story?: string };
  } catch {
    return undefined;
  }
}
