import { oneLine } from './event.ts';
import type { Verdict } from './gate.ts';
import { headsLearned, learnedIn } from './learned.ts';
import { type Edit, editsOf } from './merge/rules/edits.ts';
import type { Usage } from './usage.ts';

/** What progress.md tells of one iteration. */
export interface ProgressEntry {
  readonly at: string;
  readonly iteration: number;
  readonly story: string;
  readonly title: string;
  readonly outcome: string;
  readonly reason: string;
  readonly agent: string;
  readonly seconds: number;
  readonly usage: Usage;
  readonly head: string;
  readonly commits: number;
  readonly verdicts: readonly Verdict[];
  /** Paths that were left uncommitted, and why. */
  readonly left: readonly { readonly path: string; readonly why: string }[];
  /** What on the branch makes gates easier to pass. */
  readonly cheats: readonly string[];
  /** What it was told, a line each. */
  readonly heard: readonly string[];
  /** The agent's last words. */
  readonly said: string;
}

const SAID = 1200;

/** The headings that are gwt's alone: of an entry, and of what an agent wrote. */
export const ENTRY = /^## (\d{4}-\d\d-\d\dT\S+) · (iteration \d+ · .*)$/;
export const WRITTEN = /^### written by the agent of iteration \d+$/;

/** The entry as Markdown, with a dated heading that `digest` finds again. */
export function progressEntry(entry: ProgressEntry): string {
  const {
    at,
    iteration,
    story,
    title,
    outcome,
    reason,
    agent,
    seconds,
    head,
    commits,
    verdicts,
    left,
    cheats,
    heard,
    said,
  } = entry;
  const lines = [
    `## ${at} · iteration ${iteration} · ${oneLine(story)} · ${outcome}`,
    '',
    `- story: ${oneLine(title)}`,
    `- outcome: ${oneLine(reason, 500)}`,
    `- agent: ${agent}, ${Math.round(seconds)} s${spent(entry.usage)}`,
    `- commits: ${commits}, branch at ${head.slice(0, 10)}`,
    ...verdicts.map(({ gate, outcome, seconds }) => `- gate ${oneLine(gate)}: ${outcome} (${seconds.toFixed(1)} s)`),
    ...cheats.map((line) => `- to be looked at: ${oneLine(line)}`),
    ...left.map(({ path, why }) => `- not committed: ${oneLine(path)} (${why})`),
    ...heard.map((line) => `- told: ${oneLine(line, 400)}`),
    ...(said === '' ? [] : ['', ...quoted(said)]),
  ];
  return `\n${lines.join('\n')}\n`;
}

function spent({ inputTokens, outputTokens, costUsd }: Usage): string {
  if (inputTokens + outputTokens === 0) return '';
  return `, ${inputTokens} tokens in, ${outputTokens} out${costUsd > 0 ? `, $${costUsd.toFixed(4)}` : ''}`;
}

/** Quoted, so that no heading in it is taken for one of gwt's. */
function quoted(said: string): string[] {
  return said
    .slice(-SAID)
    .split('\n')
    .map((line) => `> ${line.replace(/[^\P{Cc}\t]/gu, '')}`.trimEnd());
}

/** What of the journal an iteration makes: the copy its agent was given, and what that is now. */
export interface Written {
  readonly iteration: number;
  readonly before: string;
  readonly copy: string | undefined;
}

/**
 * The journal after an iteration: what is in the ledger now, what the agent wrote into its own copy, wherever in it, then
 * the new entry. Nothing that the agent took out of its copy is taken out here; of what was learned, it is struck out.
 */
export function joinedProgress(now: string, { iteration, before, copy }: Written, entry: string): string {
  const text = copy === undefined || copy === '' ? '' : written(before, copy);
  if (text === '') return now + entry;
  return `${withEnd(now)}\n### written by the agent of iteration ${iteration}\n\n${text}\n${entry}`;
}

const withEnd = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);

/** What came into the copy, each piece below the heading it was written under where that is one of what was learned. */
function written(before: string, copy: string): string {
  if (copy.startsWith(before)) return harmless(copy.slice(before.length)).trim();
  const base = before.split('\n');
  const now = copy.split('\n');
  const edits = editsOf(base, now) ?? [unknown(base, now)];
  const pieces = edits.flatMap(({ start, put }) => {
    if (put.every((line) => line.trim() === '')) return [];
    const above = base.slice(0, start).findLast((line) => /^#{1,6} /.test(line)) ?? '';
    const headed = /^#{1,6} /.test(put.find((line) => line.trim() !== '') ?? '');
    const under = !headed && headsLearned(above) ? [above] : [];
    return [harmless([...under, ...put].join('\n')).trim()];
  });
  return [...pieces, ...struck(base, now)].join('\n\n');
}

/** Where comparing would take too long: the lines that were not there before. */
function unknown(base: readonly string[], now: readonly string[]): Edit {
  const known = new Set(base);
  return { start: base.length, end: base.length, put: now.filter((line) => !known.has(line)) };
}

/** What an agent took out of what was learned; one that wrote the whole file anew meant no such thing. */
function struck(base: readonly string[], now: readonly string[]): readonly string[] {
  const there = new Set(now);
  if (base.some((line) => ENTRY.test(line) && !there.has(line))) return [];
  const kept = new Set(learnedIn(now.join('\n')));
  const gone = learnedIn(base.join('\n')).filter((item) => !kept.has(item));
  return gone.length === 0 ? [] : [`## Learned\n\n${gone.map((item) => `- ~~${item}~~`).join('\n')}`];
}

/** No line of an agent's is one of the headings by which gwt finds its own entries again. */
function harmless(text: string): string {
  return text
    .split('\n')
    .map((line) => (ENTRY.test(line) || WRITTEN.test(line) ? `\\${line}` : line))
    .join('\n');
}
