import { join } from 'node:path';
import type { Repo } from '../../ports.ts';

/** Where transcripts, heartbeat and notes about a task's runs lie. Losing it loses no work. */
export function runsFolder({ common }: Repo, task: string): string {
  return join(common, 'gwt/runs', task);
}

/** Tells `gwt stop` which process works on the task. */
export function pidFile({ common }: Repo, task: string): string {
  return join(common, 'gwt/loops', `${task}.json`);
}

/** What gwt last wrote into the working copy of the PRD: tells a person's edits from what changed in the ledger. */
export function copiedPrd(runs: string): string {
  return join(runs, 'prd.copied.json');
}
