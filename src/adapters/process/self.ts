import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism, hostname, loadavg, tmpdir } from 'node:os';
import type { Self } from '../../ports.ts';
import { carriers } from './kill.ts';

/** What gwt knows of its own process. */
export function selfOf(place: Pick<Self, 'command' | 'hooks' | 'version' | 'cwd'>): Self {
  return {
    ...place,
    pid: process.pid,
    node: process.versions.node,
    host: hostname(),
    // Asked for when it is needed: it takes long.
    get zone() {
      return new Intl.DateTimeFormat().resolvedOptions().timeZone;
    },
    startedAt: processStart(process.pid) ?? '',
    platform: `${process.platform}-${process.arch}`,
    cores: availableParallelism(),
    env: process.env,
    temporary: tmpdir(),
    input: () => readFileSync(0, 'utf8'),
    processStart,
    carriers,
    room,
  };
}

async function room(folder: string): ReturnType<Self['room']> {
  const [load = 0] = loadavg();
  const disk = await statfs(folder).catch(() => undefined);
  return {
    load,
    cores: availableParallelism(),
    memory: availableMemory(),
    disk: disk ? disk.bavail * disk.bsize : Number.POSITIVE_INFINITY,
  };
}

/** Memory that can be had without swapping (proc(5), MemAvailable): what is free counts out what caches would give back. */
function availableMemory(): number {
  try {
    const found = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
    return found === undefined ? Number.POSITIVE_INFINITY : Number(found) * 1024;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/**
 * Clock ticks since boot at which the process started: with the pid it names one process for good.
 * (proc(5), field 22 of /proc/<pid>/stat.) Where there is no /proc, a live pid answers "alive".
 */
function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return process.platform === 'linux' ? undefined : aliveElsewhere(pid);
  }
}

function aliveElsewhere(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'alive' : undefined;
  }
}
