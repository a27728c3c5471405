import { oneLine } from '../../../core/event.ts';
import { askFor, type Trespass, whyNot } from '../../../core/trespass.ts';
import type { Guarded } from '../../../flows/guard.ts';
import type { HookVerdict } from '../../../flows/hook.ts';

/** What Claude Code understands of a hook's answer; nothing where the tool may write. */
export function renderGuarded({ why }: Guarded): string {
  const permissionDecisionReason = `gwt: ${why}`;
  const hookSpecificOutput = { hookEventName: 'PreToolUse', permissionDecision: 'deny', permissionDecisionReason };
  return why === undefined ? '' : JSON.stringify({ hookSpecificOutput });
}

/** A commit of a whole tree must not fill the screen. */
const MOST = 20;

/** Why a hook refused: each path with its owner, and what to type to ask for it. */
export function renderHook({ allowed, task, owns, open, trespasses }: HookVerdict): string {
  if (allowed) return '';
  const shown = trespasses.slice(0, MOST);
  const more = trespasses.length - shown.length;
  return [
    `gwt: refused (task ${task}): this changes what the task may not change`,
    ...shown.map((trespass) => `       ${oneLine(trespass.path)}  ${reasonOf(trespass)}`),
    ...(more > 0 ? [`       and ${more} more`] : []),
    `     the task may change: ${open ? 'what no other task claims and is not frozen' : owns.join(' ') || 'nothing yet'}`,
    `     try: ${askFor(trespasses)}`,
    `     or leave it out and keep the file: git restore --staged -- ${pathWord(trespasses[0]?.path ?? '')}`,
  ].join('\n');
}

const reasonOf = (trespass: Trespass): string =>
  trespass.reason === 'owned' ? whyNot(trespass) : `is ${whyNot(trespass)}`;

const pathWord = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
