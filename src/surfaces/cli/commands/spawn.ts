import { debatersOf } from '../../../core/patterns/debate.ts';
import { Refusal } from '../../../core/refusal.ts';
import { exitOf } from '../../../core/stops.ts';
import { type Patterned, type PatternInput, spawnPattern } from '../../../flows/patterns/spawn.ts';
import { wordsOf } from '../../wording.ts';
import { type CommandSpec, numberOption, text, texts } from '../command.ts';
import { renderSpawned } from '../render/spawned.ts';

export const spawnCommand: CommandSpec<PatternInput, Patterned> = {
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
    { flags: '--review <agent>', summary: 'an agent that may object before a story passes' },
    { flags: '--pipeline <stages>', summary: 'stages by role, one after the other, as in analyse,implement,test' },
    { flags: '--debate <roles>', summary: 'a plan first, as in architect,critic or architect,critic:persona' },
    { flags: '--compete <n>', summary: 'the same task so many times; the best lands' },
    { flags: '--agents <names>', summary: 'who competes, or who plans and who objects, as in a,b,c' },
    { flags: '--judge <agent>', summary: 'the agent that chooses among those that compete' },
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
      review: text(options['review']),
      judge: text(options['judge']),
      pipeline: names(options['pipeline']),
      agents: names(options['agents']),
    };
    const typed = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
    const debate = text(options['debate']);
    const debaters = debate === undefined ? undefined : debatersOf(debate);
    if (debate !== undefined && !debaters)
      throw new Refusal('usage.bad', { problem: '--debate takes two roles, as in architect,critic', command: 'spawn' });
    const compete = numberOption(options, 'compete', 'spawn');
    return {
      ...(debaters ? { debate: debaters } : {}),
      ...(compete ? { compete } : {}),
      tasks: args,
      ...typed,
      adopt: options['adopt'] === true,
      loop: options['loop'] === true,
      dryRun: options['dryRun'] === true,
    };
  },
  flow: spawnPattern,
  render: renderSpawned,
  exit: ({ refused, looped }) =>
    refused.length > 0 ? 1 : exitOf(looped?.tasks.map((task) => (task.refused ? 'max' : task.outcome)) ?? []),
  json: ({ tasks, refused, dryRun, looped, plans, judged }) => ({
    tasks,
    ...(looped ? { loop: looped.tasks } : {}),
    ...(plans ? { plans } : {}),
    ...(judged ? { judged } : {}),
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

/** Names with commas between them. */
const names = (value: unknown): readonly string[] | undefined =>
  text(value)
    ?.split(',')
    .map((name) => name.trim());

const given = (value: unknown): readonly string[] | undefined => (value === undefined ? undefined : texts(value));

function wholeNumber(value: unknown): number | undefined {
  const typed = text(value);
  if (typed === undefined) return undefined;
  if (!/^-?\d{1,9}$/.test(typed))
    throw new Refusal('usage.bad', { problem: `--priority takes a whole number, not "${typed}"`, command: 'spawn' });
  return Number(typed);
}
