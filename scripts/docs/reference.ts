import type { Command } from 'commander';
import { wholeProgram } from '../../src/surfaces/cli/cli.ts';

/** What the program says of itself: every command's help in full, and a table of them for the README. */
export async function reference(): Promise<{ readonly full: string; readonly table: string }> {
  const quiet = { out: () => {}, err: () => {}, cwd: '/', width: 100, colour: false, interactive: false };
  const program = await wholeProgram(quiet, '0.0.0');
  const commands = program.commands.filter((command) => command.name() !== 'help');
  const full = [
    '# Commands',
    '',
    'Written by `npm run docs` from the help of the program itself.',
    '',
    ...section('gwt', program),
    ...commands.flatMap((command) => section(`gwt ${command.name()}`, command)),
  ];
  return { full: `${full.join('\n').trimEnd()}\n`, table: tableOf(commands) };
}

function section(title: string, command: Command): readonly string[] {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 100 });
  command.outputHelp();
  return [`## ${title}`, '', '```text', text.trim().replace(/[ \t]+$/gm, ''), '```', ''];
}

function tableOf(commands: readonly Command[]): string {
  const rows = commands.map((command) => `| \`gwt ${command.name()}\` | ${command.summary()} |`);
  return ['| command | what it does |', '|---|---|', ...rows].join('\n');
}

const BEGIN = '<!-- commands: written by npm run docs -->';
const END = '<!-- end of commands -->';

/** The README with this table between its marks. */
export function withTable(readme: string, table: string): string {
  const [before, rest] = [readme.slice(0, readme.indexOf(BEGIN)), readme.slice(readme.indexOf(END))];
  return `${before}${BEGIN}\n${table}\n${rest}`;
}
