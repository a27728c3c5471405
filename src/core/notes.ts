import { oneLine } from './event.ts';
import type { MessageType } from './message.ts';
import { document } from './records.ts';

/**
 * One line of a task's `notes.json`, the oldest first. `offered` is the last iteration whose prompt had it, `delivered`
 * the one that read it: an iteration that was cut short, or that its provider ended, has read nothing.
 */
export interface Note {
  readonly at: string;
  readonly from: string;
  readonly text: string;
  /** The message it came with; what gwt itself or an answer says has none. */
  readonly id?: number;
  readonly type?: MessageType;
  readonly replyTo?: number;
  /** What gwt itself says it about; the same is not said twice. */
  readonly about?: string;
  readonly offered?: number;
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

/** More at once nobody heeds; the others wait for the next prompt. */
const AT_ONCE = 20;
/** Longer ones are looked up. */
const LONGEST = 4000;

/** What the next prompt says of what nobody read yet, and the document that has it as offered to that iteration. */
export function offer(docs: Docs, iteration: number): { readonly said: readonly string[]; readonly docs: Docs } {
  const notes = notesOf(docs);
  const fresh = notes.filter(({ delivered }) => delivered === undefined);
  const given = fresh.slice(0, AT_ONCE);
  if (given.length === 0) return { said: [], docs: {} };
  const later = fresh.length - given.length;
  const marked = notes.map((note) => (given.includes(note) ? { ...note, offered: iteration } : note));
  return {
    said: [...given.map(spoken), ...(later > 0 ? [`${later} more wait for you: gwt inbox`] : [])],
    docs: { 'notes.json': document(marked) },
  };
}

/** One note as an agent reads it: who says it, what kind it is, and how to answer. */
function spoken({ id, from, type, replyTo, text }: Note): string {
  const kind = type && type !== 'context' ? ` (${type})` : '';
  const to = replyTo === undefined ? '' : `, in answer to message ${replyTo}`;
  const whole = text.length > LONGEST ? `${text.slice(0, LONGEST)}… (all of it: gwt inbox thread ${id ?? ''})` : text;
  const answer = id !== undefined && type === 'request' ? `\n(to answer: gwt note --reply-to ${id} "…")` : '';
  return `${from}${kind}${to}: ${whole}${answer}`;
}

/** The document where what that iteration was offered counts as read, and a line of each for the journal. */
export function readIn(docs: Docs, iteration: number): { readonly heard: readonly string[]; readonly docs: Docs } {
  const notes = notesOf(docs);
  const isHeard = ({ offered, delivered }: Note) => offered === iteration && delivered === undefined;
  const heard = notes.filter(isHeard);
  if (heard.length === 0) return { heard: [], docs: {} };
  return {
    heard: heard.map(
      ({ id, from, text }) => `${id === undefined ? '' : `message ${id} `}from ${from}: ${oneLine(text, 300)}`,
    ),
    docs: { 'notes.json': document(notes.map((note) => (isHeard(note) ? { ...note, delivered: iteration } : note))) },
  };
}

/** The document where these messages count as read, or all that there are. */
export function acknowledged(docs: Docs, iteration: number, ids?: readonly number[]): string {
  const isMeant = ({ id, delivered }: Note) =>
    delivered === undefined && (ids === undefined || (id !== undefined && ids.includes(id)));
  return document(notesOf(docs).map((note) => (isMeant(note) ? { ...note, delivered: iteration } : note)));
}
