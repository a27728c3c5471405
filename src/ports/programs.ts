export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it was ended from outside, where it was. */
  readonly cut?: 'timeout' | 'stopped';
}
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Uint8Array;
  /** Decode stdout byte for byte, for content that may not be UTF-8. */
  readonly binary?: boolean;
  /** It and all it started are ended after so long, or when the person wants to stop. */
  readonly limit?: { readonly ms: number; readonly stop: AbortSignal };
}
/** Runs a short program to its end; its exit code is a value. Throws only when it cannot be started. */
export type Run = (file: string, args: readonly string[], options?: RunOptions) => Promise<Ran>;

export interface ProgramSpec {
  /** argv, or a line for `sh -c`. */
  readonly command: readonly string[] | string;
  readonly cwd: string;
  /** Added to the environment of gwt; undefined takes a name out. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  readonly wallMs: number;
  readonly idleMs?: number;
  /** Where all output goes, stdout and stderr as they come. */
  readonly log?: string;
  /** Bytes of output that the log takes; left out, all of it. */
  readonly logMost?: number;
  /** Bytes after which the log goes on in another file: `<log>.1`, `<log>.2` and so on; left out, it is one. */
  readonly logPart?: number;
  /** The variable whose value names every process of it, for ending them all; default `GWT_RUN_ID`. */
  readonly mark?: string;
  /** Ends it as `stopped` when it aborts, besides the person's own stop. */
  readonly until?: AbortSignal;
  /** Texts that are taken out of all output before anybody sees it. */
  readonly secrets?: readonly string[];
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}
export interface ProgramEnd {
  readonly outcome: 'exited' | 'timeout' | 'idle' | 'stopped' | 'not-found';
  readonly code: number | null;
  readonly signal: string | null;
  readonly seconds: number;
  /** The last 8 KiB of output. */
  readonly tail: string;
  /** The system's word for why it could not be started, such as `ENOENT`, `EACCES` or `E2BIG`. */
  readonly errno?: string;
}
/** Runs gates, setup commands and agents: own process group, limits, and nothing of it left behind. */
export interface Programs {
  run(spec: ProgramSpec): Promise<ProgramEnd>;
  /** Ends every process that still carries the mark of a run (`GWT_RUN_ID`) whose gwt died; gives how many there were. */
  reap(run: string): Promise<number>;
}
/** A process that was started to outlive this one. */
export interface Background {
  readonly pid: number;
  /** Its exit code once it ended while gwt looked on; 128 when a signal ended it. */
  ended(): number | undefined;
}
/** The other processes of this machine, as far as they may be seen. */
export interface Processes {
  /** Those that work in a folder or below it; gwt itself is left out. */
  inside(folder: string): Promise<readonly { readonly pid: number; readonly command: string }[]>;
  /** Bytes that these processes hold in memory together; undefined where the system does not tell. */
  memory(pids: readonly number[]): number | undefined;
  /** False when there is no such process. */
  signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): boolean;
  /**
   * Starts a program in a session of its own, without terminal and input, which closing this terminal does not reach.
   * Both its streams go to the end of a file that only this user may read. `env` is put over the environment of gwt.
   */
  background(
    command: readonly string[],
    cwd: string,
    log: string,
    env?: Readonly<Record<string, string | undefined>>,
  ): Promise<Background>;
}
