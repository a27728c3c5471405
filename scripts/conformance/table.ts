import { type Compared, PEERS, TRIED } from './peers.ts';
import type { Result } from './row.ts';

/** One result as a line of the table. */
export const lineOf = ({ does, did, verdict }: Result): string => `| ${does} | ${did} | ${verdict} |`;

/** The results as a Markdown table. */
export const tableOf = (results: readonly Result[]): string =>
  ['| the agent | gwt | |', '|---|---|---|', ...results.map(lineOf)].join('\n');

/** The page with every row, and how it came to be. */
export function pageOf(results: readonly Result[]): string {
  return `# Agents that lie, break, hang and trespass

Written by \`npm run conformance -- --write\`. Each row is a scripted agent of \`fixtures/agents\` on a fresh repository, in whose
checkout a person has uncommitted work, and the built gwt. First stands how \`gwt loop\` ended: outcome, stories that pass of
all, exit code. Besides what a row says, each is ok only where the person's checkout is as it was to the byte, no branch but
the task's moved, but for rows whose agent can do that (gwt is no sandbox: it tells of it and passes nothing); and no process of
the run is left. *limit* marks what gwt is known not to hold.

${tableOf(results)}
`;
}

const BEGIN = '<!-- conformance: written by npm run conformance -- --write -->';
const END = '<!-- end of conformance -->';

/** The README with the rows that were tried with other tools too between its marks; `page` is what `pageOf` gave. */
export function withCompared(readme: string, page: string, rows: readonly { name: string; does: string }[]): string {
  const lines = TRIED.map((tried) => comparedLine(tried, page, rows));
  const head = `| the agent | gwt | ${PEERS.join(' | ')} |`;
  const table = [head, `|---|---|${PEERS.map(() => '---|').join('')}`, ...lines].join('\n');
  const [before, rest] = [readme.slice(0, readme.indexOf(BEGIN)), readme.slice(readme.indexOf(END))];
  return `${before}${BEGIN}\n${table}\n${rest}`;
}

/** What gwt did is taken from the page, so that both always say the same. */
function comparedLine({ row, peers }: Compared, page: string, rows: readonly { name: string; does: string }[]): string {
  const does = rows.find(({ name }) => name === row)?.does;
  const line = page.split('\n').find((one) => does !== undefined && one.startsWith(`| ${does} | `));
  if (!line) throw new Error(`the page has no row ${row}`);
  const [, did = ''] = line.slice(2).split(' | ');
  return `| ${does} | ${did} | ${peers.join(' | ')} |`;
}
