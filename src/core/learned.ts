/** Headings, bold words or labels under which agents write down what the next one should know. */
const TITLE =
  /^(?:codebase |code |project |reusable )?(?:patterns?|learned|learnings?|lessons(?: learned)?|gotchas?|conventions?|what i learned)(?: (?:for|from|in|about|of) .{1,40})?$/i;

/** Longer ones are notes, not patterns. */
const MOST = 400;

/**
 * What agents wrote down as learned, oldest first, each once: list items and paragraphs below a heading that says so
 * (`## Codebase Patterns`, `**Learned:**`), and lines that begin with such a word. What was struck out (`~~like this~~`)
 * since is not learned any more; written again it is.
 */
export function learnedIn(text: string): readonly string[] {
  const found = new Map<string, string>();
  // A heading holds until the next one, a label only for the list below it.
  let below: 'heading' | 'label' | undefined;
  let open: string | undefined;
  for (const line of [...text.split(/\r?\n/), '']) {
    const label = labelOf(line);
    const heading = HEADING.test(line);
    const listed = ITEM.test(line);
    const blank = line.trim() === '';
    if (open !== undefined && (heading || label || listed || blank)) {
      take(found, open);
      open = undefined;
    }
    if (heading) below = label ? 'heading' : undefined;
    else if (label) below = label.rest === '' ? 'label' : undefined;
    else if (below === 'label' && open === undefined && !listed && !blank) below = undefined;
    if (label && label.rest !== '') take(found, label.rest);
    if (label || heading || blank || below === undefined) continue;
    const words = line.trim().replace(ITEM, '');
    open = open === undefined ? words : `${open} ${words}`;
  }
  return [...found.values()];
}

/** True for a heading below which stands what was learned. */
export function headsLearned(line: string): boolean {
  return HEADING.test(line) && labelOf(line) !== undefined;
}

const HEADING = /^ {0,3}#{1,6}\s/;
const ITEM = /^\s*([-*+]|\d+[.)])\s+(\[[ xX]\]\s+)?/;

function labelOf(line: string): { readonly rest: string } | undefined {
  const heading = /^ {0,3}#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
  if (heading !== undefined) return TITLE.test(bare(heading)) ? { rest: '' } : undefined;
  const [, title = '', rest = ''] = /^\s*(?:[-*+]\s+)?([*_]{0,2}[A-Za-z ]{4,60}:?[*_]{0,2}:?)\s*(.*)$/.exec(line) ?? [];
  const labelled = title.includes(':') && TITLE.test(bare(title));
  return labelled ? { rest: rest.trim() } : undefined;
}

const bare = (title: string): string => title.replace(/[*_:]/g, '').trim();

function take(found: Map<string, string>, item: string): void {
  const flat = item.replace(/\s+/g, ' ').trim();
  const struck = /^~~(.+)~~$/.exec(flat)?.[1];
  const key = (struck ?? flat).toLowerCase();
  found.delete(key);
  if (struck === undefined && flat !== '') found.set(key, flat.length > MOST ? `${flat.slice(0, MOST - 1)}…` : flat);
}
