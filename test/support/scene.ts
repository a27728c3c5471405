import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { openPorts } from '../../src/main.ts';
import type { Ports } from '../../src/ports.ts';

export const PROJECT = resolve(import.meta.dirname, '../..');

/** What one run of the built program printed and how it ended. */
export interface Answer {
  readonly out: string;
  readonly err: string;
  readonly code: number;
  /** stdout as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever shape the command has.
  json(): any;
  /** Everything in one text for a snapshot: stdout, stderr, exit code. */
  toString(): string;
}

/** A real repository in a temporary folder whose path has a space, removed when the test ends. */
export interface Scene {
  /** Folder of the repository. */
  readonly dir: string;
  /** Folder around it: worktrees land here. */
  readonly box: string;
  path(...parts: string[]): string;
  write(path: string, text: string, mode?: number): void;
  read(path: string): string;
  exists(path: string): boolean;
  /** Runs git in the repository, or in another folder; throws when it fails. */
  git(...args: string[]): string;
  gitIn(folder: string, ...args: string[]): string;
  /** Runs git and gives its exit code and all it printed. */
  tryGit(folder: string, ...args: string[]): { code: number; out: string };
  commit(message: string, changes?: Readonly<Record<string, string>>): string;
  /** Runs the built program. */
  gwt(...args: string[]): Promise<Answer>;
  gwtIn(folder: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Answer>;
  /** The real ports, in process, for flows. `events` is what they reported. */
  ports(over?: Partial<Ports>): Ports & { readonly events: Event[] };
  /** The same, started in another folder. */
  portsAt(folder: string): Ports & { readonly events: Event[] };
  /** The worktree of a task. */
  worktree(task: string): string;
}

/** A scene whose first commit on `main` holds these files. */
export async function scene(changes: Readonly<Record<string, string>> = { 'README.md': '# sample\n' }): Promise<Scene> {
  const box = realpathSync(mkdtempSync(join(tmpdir(), 'gwt test ')));
  onTestFinished(() => rmSync(box, { recursive: true, force: true, maxRetries: 5 }));
  const made = sceneIn(box, join(box, 'repo'));
  mkdirSync(made.dir);
  made.git('init', '--quiet', '--initial-branch', 'main');
  made.git('config', 'gc.auto', '0');
  if (Object.keys(changes).length > 0) made.commit('first', changes);
  return made;
}

/** A scene around a repository that a test made in its own way. */
export function sceneIn(box: string, dir: string): Scene {
  const at = (path: string) => resolve(dir, path);
  const tryGit = (folder: string, ...args: string[]) => {
    try {
      return {
        code: 0,
        out: execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
      };
    } catch (error) {
      const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
      return { code: status, out: `${stdout}${stderr}` };
    }
  };
  const gitIn = (folder: string, ...args: string[]) =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd();
  const self: Scene = {
    dir,
    box,
    path: (...parts) => join(dir, ...parts),
    write(path, text, mode) {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), text);
      if (mode !== undefined) chmodSync(at(path), mode);
    },
    read: (path) => readFileSync(at(path), 'utf8'),
    exists: (path) => existsSync(at(path)),
    git: (...args) => gitIn(dir, ...args),
    gitIn,
    tryGit,
    commit(message, changes = {}) {
      for (const [path, text] of Object.entries(changes)) self.write(path, text);
      self.git('add', '--all');
      self.git('commit', '--quiet', '--allow-empty', '--message', message);
      return self.git('rev-parse', 'HEAD');
    },
    gwt: (...args) => self.gwtIn(dir, args),
    gwtIn: (folder, args, env = {}) => runProgram(folder, args, env, box),
    ports: (over = {}) => portsIn(dir, over),
    portsAt: (folder) => portsIn(folder, {}),
    worktree: (task) => join(box, 'repo.worktrees', task),
  };
  return self;
}

function portsIn(dir: string, over: Partial<Ports>): Ports & { readonly events: Event[] } {
  const events: Event[] = [];
  const ports = openPorts(
    { cwd: dir, json: false, quiet: true, yes: true },
    (event) => events.push(event),
    new AbortController().signal,
    '0.0.0-test',
  );
  return { ...ports, ...over, events };
}

function runProgram(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  box: string,
): Promise<Answer> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(PROJECT, 'bin/gwt.js'), ...args], {
      cwd,
      env: { ...process.env, CI: '1', NODE_EXTRA_CA_CERTS: undefined, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('close', (code) => {
      const mask = (text: string) => text.replaceAll(box, '<box>').replace(/\b[0-9a-f]{40}\b/g, '<oid>');
      done({
        out,
        err,
        code: code ?? -1,
        json: () => JSON.parse(out),
        toString: () => `${mask(out)}---- stderr ----\n${mask(err)}[exit ${code}]`,
      });
    });
  });
}
