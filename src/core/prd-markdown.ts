import type { Json, JsonArray, JsonObject, JsonPlain } from './json.ts';
import type { Dialect } from './prd-dialect.ts';

const BOX = /^(\s*)(?:[-*+]|\d+[.)])\s+\[([ xX])\]\s+(.*)$/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
/** "### Task 3: Log in", "## US-7 - Log in". */
const TASK = /^(?:(?:task|story|step|feature)\s+)?([A-Za-z]*-?\d[\w.]*)\s*[:.)–—-]+\s+(.+)$/i;
/** What stands below these is no part of the work. */
const ASIDE = /^(optional|future|nice[ -]to[ -]have|ideas?|icebox|later|out of scope|non-goals?)\b/i;
/** "US-7 …", "T012 …", "**F3**: …"; but "S3 upload" has no id. */
const ID =
  /^(?:\*\*|`|\[)*([A-Z][A-Z0-9]*-\d[\w.]*|[A-Z]\d{2,}|[A-Z][A-Z0-9]*\d(?=(?:\*\*|`|\])*:))(?:\*\*|`|\])*\s*[:.)–—-]*\s+(?=\S)/;
const PRIORITY = /[([](P[0-4]|critical|high|medium|low)[)\]]/i;
const AFTER = /\((?:depends on|after|blocked by|needs):?\s+([^)]+)\)/i;

/**
 * Markdown with checkboxes. Where headings name tasks ("### Task 1: …"), each of these is a story and its boxes are
 * its criteria; else each box of the outermost level is one, and what stands below it belongs to it.
 */
export const MARKDOWN_DIALECT: Dialect = {
  name: 'Markdown',
  parse: stories,
  put: (value, text, at) =>
    typeof value === 'string'
      ? text.slice(at.start, at.end)
      : text.slice(at.start, at.end).replace(/^(\s*(?:[-*+]|\d+[.)])\s+\[)[ xX](\]\s)/gm, `$1${value ? 'x' : ' '}$2`),
  add: () => undefined,
};

export const isChecklist = (text: string): boolean => lines(text).some(({ line }) => BOX.test(line));

interface Line {
  readonly line: string;
  readonly start: number;
  readonly end: number;
}
interface Draft {
  readonly title: string;
  readonly indent: number;
  readonly section: string;
  readonly head: boolean;
  readonly boxes: (Line & { readonly done: boolean; readonly text: string })[];
  readonly said: string[];
}

/** Every line that is text: front matter and what stands in fences is left out. */
function lines(text: string): readonly Line[] {
  const found: Line[] = [];
  let start = 0;
  let fence = '';
  let front = /^\ufeff?---\s*$/.test(text.split('\n')[0] ?? '');
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.replace(/\r$/, '');
    const mark = /^\s*(```+|~~~+)/.exec(line)?.[1] ?? '';
    const inside = front || fence !== '' || mark !== '';
    if (!inside) found.push({ line, start, end: start + line.length });
    if (front && at > 0 && /^---\s*$/.test(line)) front = false;
    if (fence === '') fence = mark;
    else if (mark.startsWith(fence)) fence = '';
    start += raw.length + 1;
  }
  return found;
}

function stories(text: string): JsonArray {
  const all = lines(text);
  const byHeading = all.some(({ line }, at) => isTask(line) && hasBox(all, at));
  const drafts: Draft[] = [];
  let section = '';
  for (const at of all) {
    const heading = HEADING.exec(at.line)?.[2];
    const box = BOX.exec(at.line);
    const [indent, done, words] = [box?.[1]?.length ?? 0, box?.[2] !== ' ', box?.[3] ?? ''];
    const now = drafts.at(-1);
    if (heading !== undefined) section = heading;
    if (heading !== undefined && byHeading && TASK.test(heading)) drafts.push(draft(heading, 0, '', true));
    else if (heading !== undefined) drafts.push(draft('', 0, section, false));
    else if (box && byHeading) now?.head && now.boxes.push({ ...at, done, text: words });
    else if (box && !ASIDE.test(section)) {
      const top = !now || now.title === '' || indent <= now.indent;
      if (top) drafts.push(draft(words, indent, section, false));
      drafts.at(-1)?.boxes.push({ ...at, done, text: words });
    } else if (at.line.trim() !== '' && now) now.said.push(at.line.trim());
  }
  const items = drafts.filter(({ title, boxes }) => title !== '' && boxes.length > 0).map(storyNode);
  return { kind: 'array', start: 0, end: text.length, items };
}

const isTask = (line: string): boolean => TASK.test(HEADING.exec(line)?.[2] ?? '');

function hasBox(all: readonly Line[], from: number): boolean {
  const rest = all.slice(from + 1);
  const end = rest.findIndex(({ line }) => HEADING.test(line));
  return rest.slice(0, end < 0 ? undefined : end).some(({ line }) => BOX.test(line));
}

const draft = (title: string, indent: number, section: string, head: boolean): Draft => ({
  title,
  indent,
  section,
  head,
  boxes: [],
  said: [],
});

function storyNode({ title, boxes, said, section, head }: Draft): JsonObject {
  const [first] = boxes;
  const last = head ? boxes.at(-1) : first;
  const place = { start: first?.start ?? 0, end: last?.end ?? 0 };
  const plain = (value: JsonPlain['value']): JsonPlain => ({ kind: 'plain', ...place, value });
  const list = (texts: readonly string[]): Json => ({ kind: 'array', ...place, items: texts.map(plain) });
  const named = head ? TASK.exec(title) : ID.exec(title);
  const words = (head ? named?.[2] : named ? title.slice(named[0].length) : title) ?? title;
  const waits = AFTER.exec(words)?.[1];
  const urgent = PRIORITY.exec(words)?.[1];
  const description = [...said, ...(section && !head ? [`Part of: ${section}`] : [])].join('\n');
  const facts: readonly (readonly [string, Json])[] = [
    ...(named?.[1] ? [['id', plain(named[1])] as const] : []),
    ['title', plain(words.replaceAll('**', '').trim())],
    ['description', plain(description || words)],
    ['acceptanceCriteria', list((head ? boxes : boxes.slice(1)).map(({ text }) => text))],
    ...(urgent ? [['priority', plain(urgent)] as const] : []),
    ...(waits ? [['after', list(waits.split(/\s*(?:,|\band\b)\s*/).filter(Boolean))] as const] : []),
    ['passes', plain(head ? boxes.every(({ done }) => done) : (first?.done ?? false))],
  ];
  return { kind: 'object', ...place, members: facts.map(([name, value]) => ({ name, start: place.start, value })) };
}
