import { document } from './records.ts';

/** One line of a task's `notes.json`, the oldest first. `delivered` is the iteration whose prompt had it. */
export interface Note {
  readonly at: string;
  readonly from: string;
  readonly text: string;
  readonly delivered?: number;
}

type Docs = Readonly<Record<string, string>>;

/** The notes of a task's documents; a document that cannot be read counts as none. */
export function notesOf(docs: Docs): readonly Note[] {
  try {
    const notes: unknown = JSON.parse(docs['notes.json'] ?? '[]');
    return Array.isArray(notes) ? (notes as Note[]) : [];
  } catch {
    return [];
  }
}

/** The document with one note more. */
export function withNote(docs: Docs, note: Note): string {
  return document([...notesOf(docs), note]);
}
