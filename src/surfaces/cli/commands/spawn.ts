import { Refusal } from '../../../core/refusal.ts';
import { exitOf } from '../../../core/stops.ts';
import { type Spawned, type SpawnInput, spawn } from '../../../flows/spawn.ts';
import { wordsOf } from '../../wording.ts';
import { type CommandSpec, text, texts } from '../command.ts';
import { renderSpawned } from '../render/spawned.ts';

export const spawnCommand: CommandSpec<SpawnInput, Spawned> = {
  usage: 'spawn [task...]',
  summary: 'make a branch and a worktree for each task',
  details:
    'Makes a branch, a worktree and an entry in the ledger for each task: all three, or nothing of it. A task is named by any text; the branch is gwt/<name>, the worktree lies beside the repository.',
  options: [
    { flags: '--prompt <text>', summary: 'what the agent should do; default: the task as typed' },
    { flags: '--owns <pattern>', summary: 'paths the task may change, as in .gitignore; may be repeated', many: true },
    {
      flags: '--prd <file>',
      summary: 'stories to work through: JSON, YAML, CSV, JSON lines, or Markdown with checkboxes',
    },
    { flags: '--base <rev>', summary: 'where the branch starts; default: the target branch' },
    { flags: '--agent <name>', summary: 'agent from the config' },
    { flags: '--role <role>', summary: "what the agent is; default: the agent's role, else coder" },
    { flags: '--label <name>', summary: 'for rules of approval; may be repeated', many: true },
    { flags: '--profile <name>', summary: "a profile of the config; default: the agent's, if it has one" },
    { flags: '--priority <number>', summary: 'higher lands and starts first; default: 0' },
    { flags: '--after <task>', summary: 'a task that must land first; may be repeated', many: true },
    { flags: '--gate <command>', summary: 'a command that must succeed for this task; may be repeated', many: true },
    { flags: '--adopt', summary: 'take a branch that is there already' },
    { flags: '--from-file <file>', summary: 'tasks from a Markdown, YAML or JSON file' },
    { flags: '--loop', summary: 'set the agents to work at once' },
    { flags: '--dry-run', summary: 'show what would be made, and make nothing' },
  ],
  examples: [
    {
      command: "gwt spawn login --prompt 'Add a login page' --owns 'src/auth/**'",
      what: 'one task that may change src/auth only',
    },
    { command: 'gwt spawn --from-file tasks.md --dry-run', what: 'what a plan of several tasks would make' },
    { command: 'gwt spawn feature/search --adopt', what: 'a task on a branch that is there already' },
  ],
  input({ args, options }) {
    const known = {
      prompt: text(options['prompt']),
      base: text(options['base']),
      agent: text(options['agent']),
      role: text(options['role']),
      profile: text(options['profile']),
      ...(options['label'] === undefined ? {} : { labels: texts(options['label']) }),
      prd: text(options['prd']),
      fromFile: text(options['fromFile']),
      priority: wholeNumber(options['priority']),
      owns: given(options['owns']),
      after: given(options['after']),
      gates: given(options['gate']),
    };
    const typed = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
    return {
      tasks: args,
      ...typed,
      adopt: options['adopt'] === true,
      loop: options['loop'] === true,
      dryRun: options['dryRun'] === true,
    };
  },
  flow: spawn,
  render: renderSpawned,
  exit: ({ refused, looped }) =>
    refused.length > 0 ? 1 : exitOf(looped?.tasks.map((task) => (task.refused ? 'max' : task.outcome)) ?? []),
  json: ({ tasks, refused, dryRun, looped }) => ({
    tasks,
    ...(looped ? { loop: looped.tasks } : {}),
    ...(refused.length > 0
      ? {
          refused: refused.map(({ task, refusal }) => ({
            task,
            error: { code: refusal.code, ...wordsOf(refusal), facts: refusal.facts },
          })),
        }
      : {}),
    ...(dryRun ? { dryRun } : {}),
  }),
};

const given = (value: unknown): readonly string[] | undefined => (value === undefined ? undefined : texts(value));

function wholeNumber(value: unknown): number | undefined {
  const typed = text(value);
  if (typed === undefined) return undefined;
  if (!/^-?\d{1,9}$/.test(typed))
    throw new Refusal('usage.bad', { problem: `--priority takes a whole number, not "${typed}"`, command: 'spawn' });
  return Number(typed);
}
