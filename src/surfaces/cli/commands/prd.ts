import { nearest } from '../../../core/near.ts';
import { Refusal } from '../../../core/refusal.ts';
import { exportPrd, type PrdExported, type PrdShown, prd } from '../../../flows/prd.ts';
import type { CommandSpec } from '../command.ts';
import { renderExported, renderPrd } from '../render/prd.ts';

/** How many names each of them takes: at least, at most. */
const WHATS = { show: [0, 1], lint: [0, 1], next: [0, 1], import: [1, 1], export: [2, 2] } as const;
export type PrdWhat = keyof typeof WHATS;
interface Input {
  readonly what: PrdWhat;
  readonly names: readonly string[];
}
type Answer =
  | { readonly what: Exclude<PrdWhat, 'export'>; readonly shown: PrdShown }
  | { readonly exported: PrdExported };

export const prdCommand: CommandSpec<Input, Answer> = {
  usage: 'prd [what] [names...]',
  summary: 'the stories of a task or a file, and what to look at in them',
  details: `The stories of a task or a file, and what to look at in them.

show [name]: the stories (default). lint [name]: what makes trouble later; exit 1 when there is something. next [name]:
the story an agent would get now, and why. import <file>: the file as the JSON that gwt keeps of it. export <task>
<file>: marks in a file which of its stories pass in the task, and changes nothing else of it.

A name is a file, if there is one, else a task; default: the task of this worktree. Files are JSON of many shapes, YAML,
CSV with a head, JSON lines, or Markdown with checkboxes.`,
  options: [],
  examples: [
    { command: 'gwt prd show plan.md', what: 'what gwt reads in a checklist' },
    { command: 'gwt prd export login plan.md', what: 'tick what is done' },
  ],
  input({ args: [what = 'show', ...names] }) {
    const known = (Object.keys(WHATS) as PrdWhat[]).find((one) => one === what);
    const [meant] = nearest(what, Object.keys(WHATS));
    if (!known) return bad(`there is no "prd ${what}"${meant ? `; did you mean ${meant}?` : ''}`);
    const [least, most] = WHATS[known];
    if (names.length < least || names.length > most)
      return bad(`prd ${known} takes ${known === 'export' ? 'a task and a file' : 'one name'}`);
    return { what: known, names };
  },
  flow: async (ports, { what, names: [name, file = ''] }) =>
    what === 'export'
      ? { exported: await exportPrd(ports, name ?? '', file) }
      : { what, shown: await prd(ports, name) },
  render: (answer, style) =>
    'exported' in answer ? renderExported(answer.exported) : renderPrd(answer.what, answer.shown, style),
  exit: (answer) => ('shown' in answer && answer.what === 'lint' && answer.shown.warnings.length > 0 ? 1 : 0),
  json: (answer) => ('exported' in answer ? answer.exported : answer.shown),
};

function bad(problem: string): never {
  throw new Refusal('usage.bad', { problem, command: 'prd' });
}
