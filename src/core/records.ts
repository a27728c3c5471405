import { Refusal } from './refusal.ts';
import type { Task } from './task.ts';

/** What an entry of the ledger holds, as far as core reads it. */
export interface Documents {
  readonly key: string;
  readonly docs: Readonly<Record<string, string>>;
}

/** The task of a ledger entry. Refuses `ledger.broken` when somebody else wrote it. */
export function taskOf(entry: Documents): Task {
  return parsed<Task>(entry, 'task.json');
}

/** A document of a ledger entry as JSON. */
export function parsed<T>({ key, docs }: Documents, name: string): T {
  const text = docs[name];
  if (text === undefined) throw new Refusal('ledger.broken', { key, why: `${name} is missing` });
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new Refusal('ledger.broken', { key, why: `${name}: ${(error as Error).message}` });
  }
}

/** A document as the ledger keeps it. */
export function document(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
