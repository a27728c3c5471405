import { Command, CommanderError, Option } from 'commander';
import { Refusal } from '../../core/refusal.ts';
import type { Ports } from '../../ports.ts';
import type { CommandSpec } from './command.ts';
import { commands } from './commands/index.ts';
import { type Io, plainStyle, styleFor } from './io.ts';
import { diskRefusal, explain, printBug, printRefusal } from './refused.ts';

/** What the command line says about every command. */
export interface Globals {
  readonly cwd: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly yes: boolean;
}

type OpenPorts = (globals: Globals, io: Io) => Ports;

/** Runs one command line and gives its exit code. The only place that turns endings into codes. */
export async function runCli(argv: readonly string[], io: Io, version: string, open: OpenPorts): Promise<number> {
  let code = 0;
  const json = argv.includes('--json');
  try {
    const program = await programFor(argv, io, version, async (spec, command, args, options) => {
      code = await runCommand(spec, args, { ...command.optsWithGlobals(), ...options }, io, open);
    });
    await program.parseAsync(argv.length === 0 ? ['--help'] : asOption(argv), { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : explain(error, io, json, namedIn(argv));
    const refusal = error instanceof Refusal ? error : diskRefusal(error);
    if (refusal) return printRefusal(refusal, io, json);
    return printBug(error, io, version, json);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the list of commands holds them all.
type AnySpec = CommandSpec<any, any>;
type Act = (spec: AnySpec, command: Command, args: string[], options: Record<string, unknown>) => Promise<void>;

/** Only the command that is named is loaded; all of them for help. */
async function programFor(argv: readonly string[], io: Io, version: string, act: Act): Promise<Command> {
  const program = rootProgram(io, version);
  const named = namedIn(argv);
  for (const [name, load] of Object.entries(commands).sort(([a], [b]) => placeOf(a) - placeOf(b))) {
    if (named === undefined || named === name) addCommand(program, await load(), act);
  }
  return program;
}

/** The command that is meant: the first word that is neither an option nor the folder after `-C`. */
function namedIn(argv: readonly string[]): string | undefined {
  const word = argv.find((one, at) => !one.startsWith('-') && argv[at - 1] !== '-C' && one !== 'help');
  return word !== undefined && Object.hasOwn(commands, word) ? word : undefined;
}

/** `gwt help spawn` means `gwt spawn --help`. */
function asOption(argv: readonly string[]): string[] {
  return argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv];
}

/** The program with every command, for help and for the reference. */
export async function wholeProgram(io: Io, version: string): Promise<Command> {
  return programFor([], io, version, async () => {});
}

function rootProgram(io: Io, version: string): Command {
  return new Command('gwt')
    .description('Many coding agents, one repository, nothing lost.')
    .version(version, '-V, --version', 'print the version')
    .option('-C <folder>', 'run as if started in this folder')
    .option('--json', 'print the answer as JSON')
    .option('-q, --quiet', 'do not tell what happens on the way')
    .option('--yes', 'answer every question with yes')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .enablePositionalOptions(false)
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (command) => command.name() })
    .usage('<command> [options]')
    .addHelpText('after', '\ngwt <command> --help tells more; gwt init, gwt spawn and gwt loop are where to begin.')
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: () => {} });
}

/** Where a command stands in the help. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'Start work:': ['init', 'spawn', 'prd', 'queue', 'decide', 'loop', 'run'],
  'Land it:': ['merge', 'judge', 'undo', 'inbox', 'resolve', 'approve', 'resolutions'],
  'See:': [
    'status',
    'conflicts',
    'show',
    'owns',
    'claims',
    'log',
    'events',
    'logs',
    'attach',
    'doctor',
    'agents',
    'config',
  ],
  'Tidy up:': ['stop', 'rm', 'restore', 'checkpoint', 'gc'],
  'For agents:': ['claim', 'release', 'touch', 'note', 'escalate', 'handoff', 'export', 'heartbeat', 'hook'],
};

function groupOf(name: string): string {
  return Object.keys(GROUPS).find((group) => GROUPS[group]?.includes(name)) ?? 'More:';
}

function placeOf(name: string): number {
  const at = Object.values(GROUPS).flat().indexOf(name);
  return at < 0 ? Number.MAX_SAFE_INTEGER : at;
}

function addCommand(program: Command, spec: AnySpec, act: Act): void {
  const command = program
    .command(spec.usage)
    .helpGroup(groupOf(spec.usage.split(' ')[0] ?? ''))
    .summary(spec.summary)
    .description(spec.details ?? spec.summary);
  for (const { flags, summary, many } of spec.options) {
    const option = new Option(flags, summary);
    if (many) option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
    command.addOption(option);
  }
  const examples = spec.examples.map(({ command: typed, what }) => `  ${typed}\n      ${what}`).join('\n');
  if (examples !== '') command.addHelpText('after', `\nExamples:\n${examples}`);
  command.helpOption('-h, --help', 'show help').exitOverride().copyInheritedSettings(program);
  command.action(async (...given: unknown[]) => {
    const args = given
      .slice(0, -2)
      .flatMap((value) => (Array.isArray(value) ? value : value === undefined ? [] : [value]));
    await act(spec, command, args.map(String), given.at(-2) as Record<string, unknown>);
  });
}

const interrupted = Symbol('interrupted');

async function runCommand(
  spec: AnySpec,
  args: readonly string[],
  options: Record<string, unknown>,
  io: Io,
  open: OpenPorts,
): Promise<number> {
  const {
    C: folder,
    json = false,
    quiet = false,
    yes = false,
  } = options as { C?: string; json?: boolean; quiet?: boolean; yes?: boolean };
  const ports = open({ cwd: folder ?? io.cwd, json, quiet, yes }, io);
  const input = await spec.input({ args, options }, ports);
  const streams = spec.streams?.(input) === true;
  const style = io.colour ? styleFor(io) : plainStyle(io);
  const out = json && !streams ? () => {} : io.out;
  const result = await spec.flow(ports, input, out, { json, style }).catch((error: unknown) => {
    // What was asked to stop may end with a refusal: it is told, but the code is that of the interruption.
    if (!ports.stop.aborted || !(error instanceof Refusal)) throw error;
    printRefusal(error, io, json);
    return interrupted;
  });
  if (result === interrupted) return 130;
  if (streams) return ports.stop.aborted ? 130 : (spec.exit?.(result) ?? 0);
  if (json) io.out(`${JSON.stringify(spec.json ? spec.json(result) : result, null, 2)}\n`);
  else {
    const text = spec.render(result, style);
    if (text !== '') io.out(text.endsWith('\n') ? text : `${text}\n`);
  }
  if (ports.stop.aborted) return 130;
  return spec.exit?.(result) ?? 0;
}
