import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a program may take to put its things in order after SIGTERM. */
const GRACE_MS = 5_000;
/** After SIGKILL only a process that was born in that moment can be left: looked for this many times. */
const SWEEPS = 5;
/** An exec takes far less than this many looks; a process that has no environment at all costs them each time. */
const LOOKS = 4;

/**
 * Ends a process with all that came from it: its group, its descendants, and every process that carries its mark
 * (`NAME=value`) in its environment. Agents start their tool shells in sessions of their own, which no signal to the
 * group reaches, and these outlive their parent. Comes back when nothing of it is left; gives how many there were.
 */
export async function killTree(pid: number | undefined, mark: string | undefined): Promise<number> {
  const left = () => (process.platform === 'linux' ? ofTree(pid, mark).found : ofGroup(pid));
  const found = new Set(await surely(pid, mark));
  if (found.size === 0) return 0;
  signal(pid, found, 'SIGTERM');
  for (const until = Date.now() + GRACE_MS; Date.now() < until; await sleep(20)) {
    const now = left();
    for (const one of now) found.add(one);
    if (now.length === 0) return found.size;
  }
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const now = left();
    if (now.length === 0) break;
    signal(pid, new Set(now), 'SIGKILL');
    await sleep(20);
  }
  return found.size;
}

/** Live processes with this `NAME=value` in their environment, but this one. (proc(5): /proc/<pid>/environ) */
export function carriers(mark: string): readonly number[] {
  if (process.platform !== 'linux') return [];
  return processes()
    .map(({ pid }) => pid)
    .filter((pid) => pid !== process.pid && environOf(pid).includes(mark));
}

/** Looks again while a process stands in the middle of its exec, when nobody can tell whose it is. */
async function surely(pid: number | undefined, mark: string | undefined): Promise<readonly number[]> {
  if (process.platform !== 'linux') return ofGroup(pid);
  for (let looks = 1; ; looks += 1) {
    const { found, unsure } = ofTree(pid, mark);
    if (found.length > 0 || !unsure || looks === LOOKS) return found;
    await sleep(5);
  }
}

function signal(group: number | undefined, others: ReadonlySet<number>, name: NodeJS.Signals): void {
  for (const target of [...(group === undefined ? [] : [-group]), ...others]) {
    try {
      process.kill(target, name);
    } catch {
      // Gone already, or not ours to end.
    }
  }
}

/** Where there is no /proc, the group is all that can be found. */
function ofGroup(pid: number | undefined): readonly number[] {
  try {
    return pid !== undefined && process.kill(-pid, 0) ? [pid] : [];
  } catch {
    return [];
  }
}

interface Row {
  readonly pid: number;
  /** Clock ticks since boot at which it started. */
  readonly started: number;
  readonly parent: number;
  readonly group: number;
}

/** `unsure`: a process younger than the run has no environment to see, so that its mark could not be looked for. */
function ofTree(
  pid: number | undefined,
  mark: string | undefined,
): { readonly found: readonly number[]; readonly unsure: boolean } {
  const rows = processes();
  const found = new Set(rows.filter(({ group }) => group === pid).map((row) => row.pid));
  const grow = (parent: number) => {
    for (const row of rows) {
      if (row.parent !== parent || found.has(row.pid)) continue;
      found.add(row.pid);
      grow(row.pid);
    }
  };
  if (pid !== undefined) grow(pid);
  let unsure = false;
  const own = rows.find((row) => row.pid === process.pid)?.started ?? 0;
  for (const row of mark ? rows : []) {
    // What this process started is no older than it; the kernel's own threads, of group 0, have no environment.
    if (found.has(row.pid) || (pid !== undefined && row.started < own) || row.group === 0) continue;
    const environ = environOf(row.pid);
    if (environ.includes(mark ?? '')) found.add(row.pid);
    else if (environ.length === 0 && pid !== undefined && row.pid > pid) unsure = true;
  }
  found.delete(process.pid);
  return { found: [...found], unsure };
}

/** Every live process; zombies are not. (proc(5), /proc/<pid>/stat: the fields behind the name in brackets.) */
function processes(): readonly Row[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const [state, parent, group] = fields;
        return state === 'Z' || state === 'X'
          ? []
          : [{ pid: Number(name), parent: Number(parent), group: Number(group), started: Number(fields[19]) }];
      } catch {
        return [];
      }
    });
}

/** Its variables; none for a process of somebody else's, of the kernel's, or in the middle of its exec. */
function environOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').filter(Boolean);
  } catch {
    return [];
  }
}
