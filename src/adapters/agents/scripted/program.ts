import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writePrd } from '../../../core/prd.ts';
import type { Run } from '../../../ports.ts';
import { ScriptFault, type Step, stepsFor } from './script.ts';

export interface ScriptedWorld {
  readonly script: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly run: Run;
  readonly say: (text: string) => void;
}

/** Ran without an `exit` step: the exit code that says "done". */
const DONE = 0;
/** The script is wrong, or a step could not be done. */
const BROKEN = 2;

/**
 * An agent that follows a script instead of asking a model: for trying gwt, for demonstrations and for tests. What it
 * does it does for real, in the worktree it was started in. Gives its exit code.
 */
export async function followScript(world: ScriptedWorld): Promise<number> {
  const { env, script, say } = world;
  const name = env['GWT_PURPOSE'] === 'merge' ? 'merge' : (env['GWT_STORY'] ?? '*');
  try {
    const touched = new Set<string>();
    for (const step of stepsFor(readFileSync(script, 'utf8'), name, env['GWT_TASK'] ?? '')) {
      if (step.does === 'exit') return step.code;
      await follow(world, step, touched);
    }
    say('PROMISE COMPLETE');
    return DONE;
  } catch (error) {
    say(`${error instanceof ScriptFault ? 'script' : 'failed'}: ${(error as Error).message}`);
    return BROKEN;
  }
}

async function follow(world: ScriptedWorld, step: Exclude<Step, { does: 'exit' }>, touched: Set<string>) {
  const { cwd, say } = world;
  switch (step.does) {
    case 'say':
      return say(step.text);
    case 'sleep':
      return sleep(step.ms);
    case 'run':
      return runLine(world, step.line);
    case 'flip':
      return flip(cwd, step.story);
    case 'commit':
      return commit(world, step.message, touched);
    default:
      say(`${step.does} ${step.path}`);
      touched.add(step.path);
      return change(join(cwd, step.path), step);
  }
}

function change(path: string, step: Extract<Step, { path: string }>): void {
  mkdirSync(dirname(path), { recursive: true });
  if (step.does === 'delete') rmSync(path, { recursive: true });
  else if (step.does === 'write') writeFileSync(path, step.text);
  else if (step.does === 'append') appendFileSync(path, step.text);
  else writeFileSync(path, replaced(readFileSync(path, 'utf8'), step));
}

function replaced(before: string, step: Extract<Step, { does: 'replace' }>): string {
  if (!before.includes(step.find)) throw new ScriptFault(`${step.path} does not hold what is to be replaced`);
  return before.replace(step.find, () => step.with);
}

async function runLine({ cwd, run, say }: ScriptedWorld, line: string): Promise<void> {
  const { code, stdout, stderr } = await run('sh', ['-c', line], { cwd });
  say(`$ ${line}\n${stdout}${stderr}[exit ${code}]`);
}

/** Sets the story's flag in the working copy of the PRD, as agents do. */
function flip(cwd: string, story: string): void {
  const path = [join(cwd, '.gwt/prd.json'), join(cwd, 'prd.json')].find((file) => existsSync(file));
  if (!path) throw new ScriptFault('there is no prd.json to flip a story in');
  writeFileSync(path, writePrd(readFileSync(path, 'utf8'), { [story]: { passes: true } }));
}

async function commit({ cwd, run, say }: ScriptedWorld, message: string, touched: Set<string>): Promise<void> {
  const git = async (args: readonly string[]) => {
    const { code, stdout, stderr } = await run('git', args, { cwd });
    say(`git ${args[0]}: ${code === 0 ? 'ok' : `exit ${code}`}\n${stdout}${stderr}`.trim());
    return code === 0;
  };
  const added = await git(['add', '--all', '--', ...touched]);
  if (added && (await git(['commit', '--quiet', '--message', message]))) touched.clear();
}
