import { oneLine } from '../../../core/event.ts';
import type { Trespass } from '../../../core/trespass.ts';
import type { HookVerdict } from '../../../flows/hook.ts';

/** A commit of a whole tree must not fill the screen. */
const MOST = 20;

/** Why a hook refused: each path with its owner, and what to type to ask for it. */
export function renderHook({ allowed, task, owns, trespasses }: HookVerdict): string {
  if (allowed) return '';
  const shown = trespasses.slice(0, MOST);
  const more = trespasses.length - shown.length;
  return [
    `gwt: refused (task ${task}): this changes what the task may not change`,
    ...shown.map((trespass) => `       ${oneLine(trespass.path)}  ${reasonOf(trespass)}`),
    ...(more > 0 ? [`       and ${more} more`] : []),
    `     the task may change: ${owns.length > 0 ? owns.join(' ') : 'what no other task claims and is not frozen'}`,
    ...[...new Set(trespasses.map(askFor))].map((line) => `     try: ${line}`),
    `     or leave it out and keep the file: git restore --staged -- ${pathWord(trespasses[0]?.path ?? '')}`,
  ].join('\n');
}

function reasonOf({ reason, owner }: Trespass): string {
  if (reason === 'frozen') return 'is frozen';
  return reason === 'owned' ? `belongs to task ${owner}` : 'is outside the claim';
}

function askFor({ reason, owner }: Trespass): string {
  return reason === 'owned' ? `gwt note ${owner} "<what you need there>"` : 'gwt escalate "<which path, and why>"';
}

const pathWord = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
