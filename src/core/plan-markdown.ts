import type { TaskRequest } from './draft.ts';
import { type Fact, type Fail, fieldOf, type Row } from './plan-row.ts';

const CHECKBOX = /^ {0,3}[-*+] \[([ xX])\] +(.+)$/;
const HEADING = /^(#{1,6}) +(.+?)(?: +#+)?$/;
const EPIC = /^epic\b\s*[:–—-]?\s*(.+)$/i;
const FACT =
  /^\s*(?:[-*+] +)?\**(owns|paths|after|depends[ -]?on|agent|role|profile|labels?|priority|gates?|base|prd|prompt|epic)\**\s*:\**\s*(.+)$/i;

interface Line {
  readonly text: string;
  readonly number: number;
  /** Inside a fence nothing is a heading, a box or a fact. */
  readonly fenced: boolean;
}
interface Section {
  readonly title: string;
  readonly line: number;
  readonly body: Line[];
  readonly epic?: Section;
  readonly done?: boolean;
  /** Those of its boxes, as the text of a prd.json. */
  readonly stories?: string;
  /** Text that belongs to no task. */
  readonly aside?: true;
}

/**
 * The rows of a Markdown file: each heading of the level that names tasks, or, where there are boxes, each box.
 * Lines `owns:`, `after:`, `agent:` and so on, with or without a bullet, are facts; all other text is the
 * prompt. Where facts stand right under a heading, headings are tasks, and the boxes below them their stories. What
 * stands under a heading "Epic: …" is a part of it.
 */
export function markdownRows(text: string, fail: Fail): readonly Row[] {
  const lines = linesOf(text);
  const boxes = lines.some((line) => boxIn(line) !== undefined);
  const { heading, box } = factsIn(lines);
  if (boxes && heading && box) return fail(bothTold(heading, box), box.number);
  const found = boxes && !heading ? byCheckbox(lines) : byHeading(lines).map((one) => (boxes ? withStories(one) : one));
  if (!found.some(({ done }) => !done)) return fail('it has no headings and no open checkboxes');
  return found.map(({ epic, ...section }) => ({
    ...rowOf(section),
    done: section.done === true,
    ...(section.stories === undefined ? {} : { stories: section.stories }),
    ...(epic ? { epic: { title: epic.title, facts: rowOf(epic).facts } } : {}),
  }));
}

function linesOf(text: string): readonly Line[] {
  let fence = '';
  return text
    .replace(/^\ufeff/, '')
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line, at) => {
      const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1] ?? '';
      const fenced = fence !== '' || mark !== '';
      if (fence === '') fence = mark;
      else if (mark.startsWith(fence)) fence = '';
      return { text: line, number: at + 1, fenced };
    });
}

const boxIn = ({ text, fenced }: Line): RegExpExecArray | undefined =>
  fenced ? undefined : (CHECKBOX.exec(text) ?? undefined);

function headingIn({ text, fenced }: Line): { readonly level: number; readonly title: string } | undefined {
  const [, hashes, title] = (!fenced && HEADING.exec(text)) || [];
  return hashes && title ? { level: hashes.length, title: title.trim() } : undefined;
}

/** The first fact that stands right under a heading, and the first that stands under a box; an epic's facts are for either. */
function factsIn(lines: readonly Line[]): { readonly heading?: Line; readonly box?: Line } {
  const found: { heading?: Line; box?: Line } = {};
  let under: 'heading' | 'box' | undefined;
  for (const line of lines) {
    const heading = headingIn(line);
    if (heading) under = EPIC.test(heading.title) ? undefined : 'heading';
    else if (boxIn(line)) under = 'box';
    else if (under && !line.fenced && FACT.test(line.text)) found[under] ??= line;
  }
  return found;
}

const bothTold = (heading: Line, box: Line): string =>
  `"${box.text.trim()}" stands under a box, and "${heading.text.trim()}" at line ${heading.number} under a heading: either headings are tasks, and boxes their stories, or boxes are tasks`;

/** A task whose boxes are its stories: with their lines taken out of what it says itself. */
function withStories(section: Section): Section {
  const at = section.body.findIndex((line) => boxIn(line) !== undefined);
  if (at < 0) return section;
  const stories: { id: string; title: string; description: string; passes: boolean }[] = [];
  const body = section.body.slice(0, at);
  for (const line of section.body.slice(at)) {
    const [, mark, title] = boxIn(line) ?? [];
    const last = stories.at(-1);
    if (title !== undefined)
      stories.push({ id: `${stories.length + 1}`, title: title.trim(), description: '', passes: mark !== ' ' });
    else if (last && /^\s+\S/.test(line.text)) last.description += `${last.description && '\n'}${line.text.trim()}`;
    else if (line.text.trim() !== '') body.push(line);
  }
  const done = stories.every(({ passes }) => passes);
  return { ...section, body, done, stories: `${JSON.stringify({ stories }, null, 2)}\n` };
}

function byCheckbox(lines: readonly Line[]): readonly Section[] {
  const found: Section[] = [];
  let open: Section | undefined;
  let epic: Section | undefined;
  for (const line of lines) {
    const [, mark, title] = boxIn(line) ?? [];
    const heading = headingIn(line);
    if (title !== undefined) {
      open = { title: title.trim(), line: line.number, body: [], done: mark !== ' ', ...(epic ? { epic } : {}) };
      found.push(open);
    } else if (heading) {
      epic = epicIn(heading.title, line.number);
      open = epic;
    } else open?.body.push(line);
  }
  return found;
}

/** A file with one first-level heading names the plan with it; its tasks are the headings below, or below an epic. */
function byHeading(lines: readonly Line[]): readonly Section[] {
  const level = levelOf(lines);
  const found: Section[] = [];
  let epic: (Section & { readonly level: number }) | undefined;
  for (const line of lines) {
    const heading = headingIn(line);
    if (heading && epic && heading.level <= epic.level) epic = undefined;
    const named = heading && heading.level <= level ? epicIn(heading.title, line.number) : undefined;
    if (heading && named) epic = { ...named, level: heading.level };
    const wanted = epic ? epic.level + 1 : level;
    if (heading && named) found.push({ ...named, aside: true });
    else if (heading?.level === wanted)
      found.push({ title: heading.title, line: line.number, body: [], ...(epic ? { epic } : {}) });
    else if (heading && heading.level < wanted)
      found.push({ title: heading.title, line: line.number, body: [], aside: true });
    else found.at(-1)?.body.push(line);
  }
  return found.filter(({ aside }) => !aside);
}

function levelOf(lines: readonly Line[]): number {
  const levels = lines.flatMap((line) => headingIn(line)?.level ?? []);
  const titled = levels.filter((one) => one === 1).length === 1 && levels.length > 1;
  return titled ? (levels.find((one) => one > 1) ?? 1) : Math.min(...levels);
}

function epicIn(heading: string, line: number): Section | undefined {
  const title = EPIC.exec(heading)?.[1];
  return title === undefined ? undefined : { title: title.trim(), line, body: [] };
}

function rowOf({ title, line, body }: Section): Row {
  const facts = new Map<string, Fact>();
  const prose: string[] = [];
  for (const { text, number, fenced } of body) {
    const [, name = '', value = ''] = (!fenced && FACT.exec(text)) || [];
    const field = name === '' ? undefined : fieldOf(name);
    if (!field) prose.push(text.replace(/^ {2,6}/, ''));
    else if (field === 'prompt') prose.push(value);
    else facts.set(field, { name, line: number, value: grown(field, value, facts.get(field)?.value) });
  }
  const prompt = prose.join('\n').trim();
  const said = prompt === '' ? [] : [{ name: 'prompt', value: prompt, line }];
  return { title, line, facts: [...facts.values(), ...said] };
}

/** Lists grow with each line that adds to them. */
function grown(field: keyof TaskRequest | 'key', value: string, before: unknown): unknown {
  const so = Array.isArray(before) ? (before as string[]) : [];
  if (field === 'owns' || field === 'after') return [...so, ...words(value)];
  return field === 'gates' ? [...so, bare(value)] : bare(value);
}

const bare = (text: string): string => text.trim().replace(/^(`+)(.*)\1$/, '$2');

/** Values side by side, with commas or spaces between; in backticks one may hold spaces. */
const words = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]+)`|([^\s,`]+)/g)].map((match) => match[1] ?? match[2] ?? '');
