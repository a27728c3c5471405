import type { Guard } from './codeowners.ts';
import { type GateSpec, gateOf } from './gate.ts';
import { isOpen } from './holding.ts';
import { isActive, type Task } from './task.ts';

const BEGIN = '<!-- gwt: begin. Written by gwt; it is written anew when the facts change. -->';
const END = '<!-- gwt: end -->';
const NOTES = '## Notes\n\nWhat stands here is yours: gwt never changes it.\n';

/** What an agent has to know besides its task. `others` are all tasks of the ledger. */
export interface MemoryFacts {
  readonly task: Task;
  readonly others: readonly Pick<Task, 'id' | 'state' | 'owns' | 'agentId'>[];
  readonly frozen: readonly string[];
  readonly shared: readonly string[];
  readonly guards?: readonly Guard[];
  readonly gates: readonly GateSpec[];
  /** What its role is told, where there is a text for it. */
  readonly role?: string;
}

/** The standing rules of a task for its agent, as Markdown: for its memory file, or for its prompt. */
export function memoryText(facts: MemoryFacts): string {
  return [
    identity(facts),
    ...rolePart(facts),
    claim(facts),
    gates(facts),
    committing(),
    talking(facts),
    limits(facts),
  ].join('\n');
}

/** The memory file with these rules: what a person wrote outside gwt's markers stays as it is. */
export function memoryFile(before: string | undefined, text: string): string {
  const block = `${BEGIN}\n${text.replaceAll(END, '')}${END}\n`;
  if (before === undefined) return `${block}\n${NOTES}`;
  const start = before.indexOf(BEGIN);
  const end = before.indexOf(END, start);
  if (start < 0 || end < 0) return `${block}\n${before}`;
  return before.slice(0, start) + block + before.slice(end + END.length).replace(/^\r?\n/, '');
}

function identity({ task }: MemoryFacts): string {
  const { title, id, role, agentId, worktree, branch, base, target, prompt, seeds } = task;
  return section(`Task: ${line(title)}`, [
    `You are ${code(agentId)}, role ${code(role)}, working on task ${code(id)}. Other agents work on other tasks of this repository at the same time, each in a worktree of its own.`,
    '',
    ...(prompt === title ? [] : [prompt.trim(), '']),
    `- worktree: ${code(worktree)}`,
    `- branch: ${code(branch)}, begun at commit ${code(base)}; it will land on ${code(target)}`,
    `- stories: ${code(seeds.prd)}. Work on the one you were given. gwt sets \`passes\` when the gates pass; your own mark is only a proposal.`,
    `- what happened so far: ${code(seeds.progress)}`,
  ]);
}

function rolePart({ task, role }: MemoryFacts): readonly string[] {
  return role ? [section(`Your role: ${line(task.role)}`, [role.replace(/^(#+) /gm, '##$1 ')])] : [];
}

/** More paths in need of approval than these would drown the rest. */
const GUARDS = 20;

function claim({ task, others, frozen, shared, guards = [] }: MemoryFacts): string {
  const { shares = [], approved = [] } = task;
  const guarded = guards.filter(({ approvers }) => approvers.length > 0);
  const owners = others.filter((other) => other.id !== task.id && isActive(other) && other.owns.length > 0);
  return section('What you may change', [
    ...(isOpen(task)
      ? ['Every path that no other task owns and that is not frozen.']
      : [`Only these paths (gitignore syntax): ${codes(task.owns) || 'none yet'}`]),
    ...(isOpen(task) && task.owns.length > 0 ? [`You alone: ${codes(task.owns)}`] : []),
    ...(shares.length > 0 ? [`As other tasks may, too: ${codes(shares)}`] : []),
    ...(approved.length > 0 ? [`Approved for this task: ${codes(approved)}`] : []),
    ...(shared.length > 0 ? [`Shared by all tasks; keep changes there small: ${codes(shared)}`] : []),
    '',
    'Do not touch:',
    ...owners.map((other) => `- ${codes(other.owns)}: owned by task ${code(other.id)} (${code(other.agentId)})`),
    ...(frozen.length > 0 ? [`- ${codes(frozen)}: frozen, nobody changes them`] : []),
    ...guarded
      .slice(0, GUARDS)
      .map(({ pattern, approvers }) => `- ${code(pattern)}: only once ${approvers.map(line).join(' or ')} approved it`),
    ...(guarded.length > GUARDS
      ? [`- and ${guarded.length - GUARDS} more that need approval: \`gwt owns <path>\` says whose`]
      : []),
    `- the generated files ${codes([task.seeds.prd, task.seeds.memory])}, outside the notes of the latter`,
    '',
    'A commit that touches anything else is refused. `gwt owns <path>` says whose a path is. If you need one, ask with `gwt claim`',
    '(see below): what nobody holds is yours at once; for the rest the answer comes with a later prompt, so go on with something else.',
  ]);
}

function gates({ gates, task }: MemoryFacts): string {
  const all = [...gates, ...task.gates].map(gateOf);
  return section('When a story is done', [
    all.length > 0
      ? 'These commands must succeed on the committed tree. Run them yourself before you say that you are done:'
      : 'No gates are set for this task. Run the tests of the project all the same.',
    ...all.map(({ name, run }) => (name === run ? `- ${code(run)}` : `- ${line(name)}: ${code(run)}`)),
  ]);
}

function committing(): string {
  return section('How to commit', [
    'Commit here, on this branch, in small steps: `git add <paths>`, then `git commit -m "<area>: <what it does now>"`.',
    'Everything that belongs to the story must be committed before you end; gwt judges the commit, not the files.',
    'The hooks that check your paths are part of the work: do not go around them.',
  ]);
}

function talking({ task }: MemoryFacts): string {
  return section('How to report, ask, and hand over', [
    `- progress, or something the next iteration should know: \`gwt note ${task.id} "<text>"\``,
    '- still alive during long work: `gwt heartbeat`',
    '- a safe point before something risky: `gwt checkpoint`',
    '- a word to another task, to all of a role, or to everybody: `gwt note <task|@role|@all> "<text>"` (`--type request` where you want an answer); they read it with their next prompt, as you read answers in yours',
    '- what others said to you since your prompt was written: `gwt inbox`',
    '- a path you need: `gwt claim <path> --why "<what for>"`; what you need no longer: `gwt release <path>`',
    '- a file you build on and do not change: `gwt touch <path>`; you hear of it when it changes on the target',
    '- a question that only a person may answer: `gwt escalate "<question>"`',
    '- the work goes to somebody else: `gwt handoff "<what is done, what is left, what to watch for>"`',
  ]);
}

function limits({ task }: MemoryFacts): string {
  return section('What you must not do', [
    `- leave the worktree: every file you write lies below ${code(task.worktree)}`,
    '- push, fetch into branches, switch branches, or move any branch but your own',
    '- `git stash` (it is shared by all worktrees): use `gwt checkpoint`',
    '- add, move or remove worktrees, or change the git configuration',
  ]);
}

const section = (title: string, lines: readonly string[]): string => `## ${title}\n\n${lines.join('\n')}\n`;
const line = (text: string): string => text.replace(/\s+/g, ' ').trim();
const code = (text: string): string => {
  const flat = line(text);
  return flat.includes('`') ? `\`\` ${flat} \`\`` : `\`${flat}\``;
};
const codes = (texts: readonly string[]): string => texts.map(code).join(', ');
