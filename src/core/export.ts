import { isActive, type Task, type TaskState } from './task.ts';

/** One hand-over: document `handoffs.json` of the task that was handed over is a list of these. */
export interface HandoffRecord {
  readonly at: string;
  readonly from: string;
  readonly to: string;
  readonly task: string;
  readonly branch: string;
  readonly next: string;
  readonly files: readonly string[];
}

/** The hand-overs of a task's documents, the oldest first; a document that cannot be read counts as none. */
export function handoffsIn(docs: Readonly<Record<string, string>>): readonly HandoffRecord[] {
  try {
    const known: unknown = JSON.parse(docs['handoffs.json'] ?? '[]');
    return Array.isArray(known) ? (known as HandoffRecord[]) : [];
  } catch {
    return [];
  }
}

/** More of them nobody reads. */
const FILES = 20;

/** All hand-overs as one log, the oldest first. */
export function handoffLog(all: readonly HandoffRecord[]): string {
  const entries = [...all]
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .map(({ at, from, to, task, branch, next, files }) =>
      [
        `## [${at.slice(0, 16).replace('T', ' ')}] @${flat(from)} → @${flat(to)}`,
        `**Task**: ${task}`,
        `**Context**: branch \`${branch}\``,
        ...(files.length > 0
          ? [
              `**Files**: ${files
                .slice(0, FILES)
                .map((path) => `\`${flat(path)}\``)
                .join(', ')}`,
            ]
          : []),
        `**Notes**: ${flat(next)}`,
      ].join('\n'),
    );
  return `${['# Agent Handoff Log', ...entries].join('\n\n')}\n`;
}

/** A heading that somebody wrote into their words is none of the log's. */
const flat = (text: string): string => text.replace(/\s+/g, ' ').trim();

const WORDS: Readonly<Record<TaskState, string>> = {
  queued: 'waiting',
  running: 'implementing',
  finished: 'finished',
  landed: 'landed',
  blocked: 'blocked',
  dropped: 'dropped',
};

interface Row {
  readonly task: Task;
  readonly beat: { readonly at: string; readonly lastAction?: string; readonly story?: string } | undefined;
}

/** Every agent with a task at work: what it does, and when it last showed itself. */
export function agentStatus(rows: readonly Row[]) {
  const agents = rows
    .filter(({ task }) => task.ready && isActive(task))
    .map(({ task, beat }) => [
      task.agentId,
      {
        issue: task.id,
        status: WORDS[task.state],
        lastAction: task.state === 'blocked' ? (task.blocked?.reason ?? '') : (beat?.lastAction ?? ''),
        timestamp: beat?.at ?? task.createdAt,
        branch: task.branch,
        owns: task.owns,
        ...(beat?.story ? { story: beat.story } : {}),
      },
    ]);
  return { agents: Object.fromEntries(agents) };
}
