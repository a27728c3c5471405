import type { AgentConfig, Config, ConfigLayer } from './core/config.ts';
import type { Event } from './core/event.ts';
import type { Room } from './core/schedule.ts';
import type { Language, SyntaxReader } from './core/syntax/tree.ts';
import type { Usage } from './core/usage.ts';

import type { Breakers } from './ports/breakers.ts';
import type { Git } from './ports/git.ts';
import type { Ledger } from './ports/ledger.ts';
import type { Processes, ProgramEnd, Programs } from './ports/programs.ts';
import type { Web } from './ports/web.ts';
import type { Windows } from './ports/windows.ts';

export type * from './ports/breakers.ts';
export type * from './ports/foresight.ts';
export type * from './ports/git.ts';
export type * from './ports/ledger.ts';
export type * from './ports/merging.ts';
export type * from './ports/programs.ts';
export type * from './ports/remotes.ts';
export type * from './ports/snapshot.ts';
export type * from './ports/web.ts';
export type * from './ports/windows.ts';
export type * from './ports/worktrees.ts';

export interface AgentCall {
  readonly agent: string;
  /** Instead of the one its config names. */
  readonly model?: string;
  /** A reviewer is held to reading where its CLI can be; it writes no file but its verdict (`GWT_ANSWER`). */
  readonly purpose: 'loop' | 'merge' | 'check' | 'review';
  readonly prompt: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Text for agents that take standing rules apart from the prompt. */
  readonly rules?: string;
  readonly transcript: string;
  readonly wallMs: number;
  readonly idleMs: number;
  /** Ends it as `stopped` when it aborts, besides the person's own stop. */
  readonly until?: AbortSignal;
  readonly onText?: (text: string) => void;
  /** What this run consumed so far, as often as its protocol tells. */
  readonly onUsage?: (usage: Usage) => void;
  /** How many tokens the model has before it now, where its protocol tells. */
  readonly onContext?: (tokens: number) => void;
}
export interface AgentEnd extends ProgramEnd {
  /** The last message of the agent, empty when there was none. */
  readonly text: string;
  readonly usage: Usage;
  /** True when the run ended as its own protocol says a good run ends. */
  readonly wellFormed: boolean;
  /** What the agent's protocol gave as the reason of a bad end. */
  readonly problem?: string;
  readonly session?: string;
  /** A limit of the provider's stopped it; `until` in milliseconds since 1970 where it said so. */
  readonly limited?: { readonly until?: number };
}
export interface Agents {
  /** Its config; refuses `agent.unknown`. */
  find(agent: string): Promise<AgentConfig>;
  /** Where the program it starts lies; undefined when it is not there. */
  program(agent: string): Promise<string | undefined>;
  run(call: AgentCall): Promise<AgentEnd>;
}
export interface Files {
  read(path: string): Promise<string | undefined>;
  /** Replaces the file as a whole: temporary file, then rename. */
  write(path: string, text: string | Uint8Array, mode?: number): Promise<void>;
  /** As write, for what may be lost when the machine fails: the disk is not waited for. */
  jot(path: string, text: string, mode?: number): Promise<void>;
  append(path: string, text: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** Names in a folder, sorted; empty when there is none. */
  list(path: string): Promise<readonly string[]>;
  /** Undefined when there is nothing; a symbolic link is not followed. */
  kind(path: string): Promise<'file' | 'folder' | 'link' | 'other' | undefined>;
  modified(path: string): Promise<number | undefined>;
  makeDir(path: string): Promise<void>;
  /** False when there is nothing at `from`; refuses to replace. */
  rename(from: string, to: string): Promise<boolean>;
  /** Bytes below a path, counted up to `most` files. */
  size(path: string, most: number): Promise<{ readonly bytes: number; readonly files: number }>;
  /** What a file holds from a byte on. */
  readFrom(path: string, from: number): Promise<Uint8Array>;
  /** Puts a compressed copy at `path.gz` in the file's place; comes back with the bytes that this saves. */
  pack(path: string): Promise<number>;
  /** Hands out what a packed file held, piece by piece. */
  unpacked(path: string, out: (piece: Uint8Array) => void): Promise<void>;
  /** Deletes a file or folder made by gwt. */
  remove(path: string): Promise<void>;
  /** Copies a file or folder by the cheapest way the file system has: reflink, else a plain copy. */
  copy(from: string, to: string): Promise<void>;
  link(target: string, path: string): Promise<void>;
  /** A copy of a file, or false when there is one at `to` already; never half of one. */
  copyOnce(from: string, to: string): Promise<boolean>;
  /** Puts a copy of the file `from` in the place of `to`, as a whole. */
  replace(from: string, to: string): Promise<void>;
  /** True when both files hold the same bytes, or neither is there. */
  same(a: string, b: string): Promise<boolean>;
  /** Deletes a folder and those below it as far as they hold no file. */
  removeEmpty(path: string): Promise<void>;
  /** `rung` resolves when something in one of these folders changes; folders that are not there, or cannot be watched, are left out. */
  watch(folders: readonly string[]): { readonly rung: Promise<void>; close(): void };
  /** Files below a folder that match gitignore-style patterns, relative to it; git's own folders are left out. */
  glob(folder: string, patterns: readonly string[]): Promise<readonly string[]>;
}
export interface Lock {
  /** False once it is lost: the process stood still for so long that others took it for dead, or the lock was deleted. */
  held(): boolean;
  release(): Promise<void>;
}
export interface Locks {
  /** Undefined when somebody alive holds it; a dead holder's lock is taken over. */
  take(path: string): Promise<Lock | undefined>;
  holder(path: string): Promise<string | undefined>;
}
export interface Configs {
  /** The value in force: defaults, the user's, the project's, and what the command line says, in that order. */
  load(): Promise<Config>;
  /** The files behind it, weakest first. */
  layers(): Promise<readonly ConfigLayer[]>;
  /** The JSON Schema of a config file. */
  schema(): Promise<unknown>;
}
/** Grammars of programming languages. */
export interface Syntax {
  /** Takes texts of these languages apart. What it needs is read from the disk when it is first asked for. */
  open(languages: readonly Language[]): Promise<SyntaxReader>;
}
/** The one gwt works for, as far as this process can reach them. */
export interface Person {
  /** True when every question is answered with yes: `--yes`. */
  readonly agrees: boolean;
  /** True when the project's own commands may run unasked: `--yes`, or in CI, where nothing but the project runs anyway. */
  readonly approves: boolean;
  /** True when somebody sits at a terminal and may be asked. */
  readonly present: boolean;
  ask(question: string): Promise<boolean>;
}
export interface Self {
  readonly pid: number;
  readonly host: string;
  readonly startedAt: string;
  /** How a hook or an agent starts this very gwt. */
  readonly command: readonly string[];
  /** Where the packaged hooks lie. */
  readonly hooks: string;
  readonly version: string;
  /** The version of node, as `20.1.0`. */
  readonly node: string;
  /** System and processor, as `linux-x64`. */
  readonly platform: string;
  /** How many programs this machine can run at once. */
  readonly cores: number;
  /** The time zone here (IANA name). */
  readonly zone: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The folder for files that are needed for a moment. */
  readonly temporary: string;
  /** What stands on stdin, to its end. */
  input(): string;
  /** Start time of a live process as the kernel tells it; undefined when there is none. */
  processStart(pid: number): string | undefined;
  /** What this machine has left; the disk is that of the folder. What the system does not tell is boundless. */
  room(folder: string): Promise<Room>;
  /** Live processes that carry this `NAME=value` in their environment; none where the system does not tell. */
  carriers(mark: string): readonly number[];
}

/** Everything gwt needs from outside. */
export interface Ports {
  readonly git: Git;
  readonly ledger: Ledger;
  readonly programs: Programs;
  readonly processes: Processes;
  readonly windows: Windows;
  readonly web: Web;
  readonly agents: Agents;
  readonly breakers: Breakers;
  readonly files: Files;
  readonly locks: Locks;
  readonly config: Configs;
  readonly self: Self;
  readonly syntax: Syntax;
  readonly person: Person;
  /** Milliseconds since 1970. */
  readonly clock: {
    now(): number;
    sleep(ms: number): Promise<void>;
    /** Acts again and again until the returned function is called; keeps no process alive. */
    every(ms: number, act: () => void): () => void;
  };
  readonly ids: { next(): string };
  /** Aborts when the person wants to stop. */
  readonly stop: AbortSignal;
  /** Tells the person what happens. */
  readonly report: (event: Event) => void;
}
