import type { ConflictKind } from './conflict.ts';

/** What the merge agent is told of one conflicted file. Paths are absolute but for `path`. */
export interface ConflictFacts {
  readonly path: string;
  readonly kind: ConflictKind;
  /** Where each side's whole file lies; undefined where a side has none. */
  readonly base: string | undefined;
  readonly ours: string | undefined;
  readonly theirs: string | undefined;
  readonly hunks: readonly { readonly line: number; readonly text: string }[];
}
export interface SideFacts {
  readonly name: string;
  /** Subjects and bodies of the commits that touched these files. */
  readonly commits: readonly string[];
  /** The standing rules of the task behind this side, where there is one. */
  readonly rules?: string;
}
export interface ConflictBrief {
  readonly target: string;
  readonly branch: string;
  readonly message: string;
  readonly files: readonly ConflictFacts[];
  readonly ours: SideFacts;
  readonly theirs: SideFacts;
  readonly gates: readonly string[];
  /** File for lines that are left out on purpose. */
  readonly dropped: string;
  /** What was wrong with earlier answers. */
  readonly tried: readonly string[];
}

/** The prompt of the merge agent: the conflict, both sides' purpose, and what an answer must hold. */
export function conflictPrompt(brief: ConflictBrief): string {
  const { target, branch, message, files, tried } = brief;
  return [
    `# Settle a merge conflict`,
    `Branch ${branch} is being put on ${target}. One of its commits does not apply by itself:\n\n${quoted(message.trim())}`,
    `You are in a worktree that holds ${target} with that commit half applied; \`git status\` and \`git diff\` show it.`,
    `"ours" is ${target}, "theirs" is the commit of ${branch}.`,
    ...(tried.length > 0
      ? [`## Your last answer was not accepted\n${tried.map((fault) => `- ${indented(fault)}`).join('\n')}`]
      : []),
    `## What to do\n${rules(brief)}`,
    `## Conflicted files\n${files.map(fileText).join('\n\n')}`,
    sideText('ours', brief.ours),
    sideText('theirs', brief.theirs),
  ].join('\n\n');
}

function rules({ files, gates, dropped }: ConflictBrief): string {
  const lines = [
    `Edit ${files.map(({ path }) => `\`${path}\``).join(', ')} in place so that each does what both sides wanted.`,
    'Leave no conflict markers (`<<<<<<<`, `|||||||`, `=======`, `>>>>>>>`).',
    'Change, make or delete no other file. Do not commit, switch branches, stash or push.',
    'Keep line ends, the end of the last line, and file modes as the sides have them.',
    `Keep every line that either side added. Where one has to go, write that line and the reason into ${dropped}.`,
    'Where one side deleted a file and the other changed it, either keep the changed file or delete it.',
    ...(gates.length > 0 ? [`Afterwards these must succeed: ${gates.map((gate) => `\`${gate}\``).join(', ')}.`] : []),
    'When you are done, end with exit code 0. If it cannot be settled without a person, say why and end with another.',
  ];
  return lines.map((line) => `- ${line}`).join('\n');
}

function fileText({ path, kind, base, ours, theirs, hunks }: ConflictFacts): string {
  const where = (side: string, file: string | undefined) => `- ${side}: ${file ?? 'no such file on this side'}`;
  const parts = hunks.map(({ line, text }) => `Line ${line}:\n${quoted(text)}`);
  return [`### ${path} (${kind})`, where('base', base), where('ours', ours), where('theirs', theirs), ...parts].join(
    '\n',
  );
}

function sideText(side: 'ours' | 'theirs', { name, commits, rules: standing }: SideFacts): string {
  const messages =
    commits.length > 0 ? commits.map((text) => quoted(text.trim())).join('\n\n') : 'None touches these files.';
  const task = standing ? `\n\nThe task behind it:\n\n${quoted(standing.trim())}` : '';
  return `## ${side}: ${name}\nIts commits on these files:\n\n${messages}${task}`;
}

/** A fence longer than any in the text, so that the text cannot close it. */
function quoted(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

const indented = (text: string): string => text.replaceAll('\n', '\n  ');
