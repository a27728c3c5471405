import { plainOf } from './json.ts';
import { type Prd, readPrd } from './prd.ts';
import { CSV_DIALECT, isTable } from './prd-csv.ts';
import { type Dialect, JSON_DIALECT } from './prd-dialect.ts';
import { isLines, LINES_DIALECT } from './prd-lines.ts';
import { isChecklist, MARKDOWN_DIALECT } from './prd-markdown.ts';
import { located } from './prd-places.ts';

/**
 * The dialect a PRD is written in, by its shape; its name only says which JSON a broken one was meant to be. `yaml`
 * is what is left when it is nothing else.
 */
export function dialectOf(text: string, name: string, yaml: Dialect): Dialect {
  const begun = /^\ufeff?\s*[{[]/.test(text) && !/^\ufeff?\s*\[[^\]]*\]\(/.test(text);
  if (/\.jsonl$/i.test(name) || (begun && isLines(text))) return LINES_DIALECT;
  if (begun || text.trim() === '' || /\.json$/i.test(name)) return JSON_DIALECT;
  if (isChecklist(text) || /\.(md|markdown)$/i.test(name)) return MARKDOWN_DIALECT;
  return isTable(text) ? CSV_DIALECT : yaml;
}

export interface Imported extends Prd {
  readonly dialect: Dialect['name'];
}

/** A PRD in any dialect; `text` is what gwt keeps of it: JSON, with all the fields it had. Refuses `prd.invalid`. */
export function importPrd(text: string, name: string, dialect: Dialect): Imported {
  const { stories } = readPrd(text, name, dialect);
  return { stories, text: asJson(text, name, dialect), dialect: dialect.name };
}

/** JSON stays as it is, to the byte, but a file that is one story becomes a list of one. */
function asJson(text: string, name: string, dialect: Dialect): string {
  const found = located(text, name, dialect);
  const root = dialect.parse(text);
  const alone = found.length === 1 && found[0]?.node.start === root.start && found[0].node.end === root.end;
  if (dialect === JSON_DIALECT && !alone) return text;
  if (dialect.name === 'YAML' && !alone) return `${JSON.stringify(plainOf(root), null, 2)}\n`;
  const userStories = rowsOf(text, name, dialect).map(({ row }) => row);
  return `${JSON.stringify({ userStories }, null, 2)}\n`;
}

/** Each story with all its fields; `named` is true where it has an id of its own. */
export function rowsOf(
  text: string,
  name: string,
  dialect: Dialect,
): readonly { readonly row: Readonly<Record<string, unknown>>; readonly named: boolean }[] {
  return located(text, name, dialect).map(({ story, node }) => {
    const row = plainOf(node) as Record<string, unknown>;
    return Object.hasOwn(row, 'id') ? { row, named: true } : { row: { id: story.id, ...row }, named: false };
  });
}
