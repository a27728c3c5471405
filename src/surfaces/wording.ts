import type { Refusal, RefusalCode, RefusalFacts } from '../core/refusal.ts';
import { claimWords } from './wording-claims.ts';
import { landingWords } from './wording-landing.ts';
import { messageWords } from './wording-messages.ts';
import { list, type Wording, type Words } from './words.ts';

export type { Words } from './words.ts';

const wording: Wording<RefusalCode> = {
  ...claimWords,
  ...landingWords,
  'usage.bad': ({ problem, command }) => ({ message: problem, hint: `gwt ${command ? `${command} ` : ''}--help` }),
  'git.missing': () => ({ message: 'git is not installed, or not on PATH', hint: 'install git 2.38 or newer' }),
  'git.old': ({ found, wanted }) => ({
    message: `git ${found} is too old: gwt needs ${wanted}`,
    hint: `install git ${wanted} or newer`,
  }),
  'git.failed': ({ command, code, message }) => ({
    message: `${command} ended with ${code}: ${message}`,
    hint: 'gwt doctor',
  }),
  'repository.none': ({ path }) => ({
    message: `${path} is not in a git repository`,
    hint: 'git init, or gwt -C <folder> …',
  }),
  'repository.unborn': ({ path }) => ({
    message: `the repository in ${path} has no commit yet, so there is nothing to branch from`,
    hint: 'git commit --allow-empty -m "first commit"',
  }),
  'repository.readonly': ({ why }) => ({
    message: `gwt may not write to this repository: ${why}`,
    hint: 'make it writable for you, or work in a clone of it',
  }),
  'repository.unsafe': ({ path }) => ({
    message: `git does not trust ${path}, because it belongs to another user`,
    hint: `git config --global --add safe.directory '${path}'`,
  }),
  'target.unknown': ({ path }) => ({
    message: `no branch is checked out in ${path}, so gwt cannot tell where work should land`,
    hint: 'gwt init --target <branch>',
  }),
  'target.absent': ({ target }) => ({
    message: `the target branch ${target} does not exist`,
    hint: 'gwt init --target <branch>',
  }),
  'init.live': ({ tasks }) => ({
    message: `these tasks still have worktrees: ${list(tasks)}`,
    hint: `gwt rm ${tasks.join(' ')}`,
  }),
  'init.absent': ({ path }) => ({ message: `gwt is not set up in ${path}`, hint: 'gwt init' }),
  'config.invalid': ({ file, problems, unread }) => ({
    message: `${file} ${unread ? 'cannot be read' : 'is not a valid config'}:\n  ${problems.join('\n  ')}`,
    hint: unread ? `mend ${file}, then gwt config show` : 'gwt config schema',
  }),
  'config.unapproved': ({ file, commands }) => ({
    message: `${file} wants to run commands that were not approved on this machine:\n  ${commands.join('\n  ')}`,
    hint: 'run it once in a terminal, or add --yes',
  }),
  'name.unusable': ({ name, why }) => ({
    message: `"${name}" cannot name a task: ${why}`,
    hint: 'gwt spawn <short-name> --prompt "…"',
  }),
  'task.exists': ({ task, state }) => ({
    message: `task ${task} is there already (${state})`,
    hint:
      state === 'dropped'
        ? `gwt restore ${task}, or take another name`
        : state === 'landed'
          ? `gwt show ${task}, or take another name`
          : `gwt loop ${task}, gwt show ${task}, or take another name`,
  }),
  'task.unknown': ({ task, known }) => ({
    message: `there is no task ${task}; there is: ${list(known)}`,
    hint: 'gwt status --all',
  }),
  'queue.absent': ({ task, known }) => ({
    message: `${task} is not in the queue; there is: ${list(known)}`,
    hint: 'gwt queue list',
  }),
  'task.none': ({ doing }) => ({ message: `no task to ${doing}`, hint: 'gwt spawn <task>, or gwt status' }),
  'task.state': ({ task, state, doing }) => ({
    message: `task ${task} is ${state}, so gwt will not ${doing} it`,
    hint: `gwt show ${task}`,
  }),
  'task.busy': ({ task, holder }) => ({
    message: `task ${task} is being worked on by ${holder}`,
    hint: `gwt stop ${task}`,
  }),
  'worktree.used': ({ worktree, processes }) => ({
    message: `somebody works in ${worktree}:\n${processes.map(({ pid, command }) => `  ${pid}  ${command.slice(0, 120)}`).join('\n')}`,
    hint: `leave that folder (cd), or end what runs there: kill <pid>`,
  }),
  'worktree.locked': ({ worktree }) => ({
    message: `git was told to keep ${worktree} (it is locked)`,
    hint: `git worktree unlock '${worktree}'`,
  }),
  'branch.exists': ({ branch, task }) => ({
    message: `branch ${branch} exists already`,
    hint: `gwt spawn ${task} --adopt takes it as it is`,
  }),
  'branch.blocked': ({ branch, other, why }) => ({
    message: `branch ${branch} cannot be made while there is a branch ${other}: ${why}`,
    hint: 'take another task name, set branchPrefix in the config, or git branch -m <old> <new>',
  }),
  'branch.unknown': ({ branch }) => ({
    message: `there is no branch or task ${branch}`,
    hint: 'git branch, or gwt status',
  }),
  'branch.elsewhere': ({ branch, worktree }) => ({
    message: `branch ${branch} is checked out in ${worktree}`,
    hint: `git -C ${worktree} switch <another branch>`,
  }),
  'base.unknown': ({ base }) => ({
    message: `${base} is not a commit in this repository`,
    hint: 'gwt spawn <task> --base <branch or commit>',
  }),
  'path.exists': ({ path }) => ({ message: `${path} exists already`, hint: 'move it away, or take another task name' }),
  'path.missing': ({ path, what }) => ({
    message: `${what} ${path} does not exist`,
    hint: what.includes('worktree') ? 'gwt doctor' : 'name a file relative to the folder you are in',
  }),
  'setup.failed': ({ command, code, tail }) => ({
    message: `setup command failed (${code ?? 'stopped'}): ${command}\n${tail}`,
    hint: 'mend worktrees.setup in the config, then spawn again',
  }),
  'hook.silent': ({ worktree, why }) => ({
    message: `gwt's hooks do not fire in ${worktree}: ${why}`,
    hint: 'gwt doctor',
  }),
  'lfs.missing': ({ paths }) => ({
    message: `git-lfs is not installed, and these files need it: ${list(paths)}`,
    hint: 'install git-lfs, or set worktrees.lfs to skip',
  }),
  'submodule.failed': ({ message }) => ({
    message: `a submodule could not be set up: ${message}`,
    hint: 'set worktrees.submodules to false to leave them out',
  }),
  'file.unwritable': ({ path, why }) => ({
    message: `cannot write ${path}: ${why}`,
    hint: path.includes('/') ? `ls -ld '${path}'; df -h` : 'df -h',
  }),
  'ledger.gone': ({ task }) => ({
    message: `what gwt knew of task ${task} is gone: refs/gwt/tasks/${task} was deleted; its checkpoints remember it`,
    hint: `gwt restore ${task}`,
  }),
  'file.unreadable': ({ path, why }) => ({ message: `cannot read ${path}: ${why}`, hint: `ls -l ${path}` }),
  'prd.invalid': ({ path, why, line, column }) => ({
    message: `${path}${line ? `:${line}${column ? `:${column}` : ''}` : ''} is not a PRD gwt can read: ${why}`,
    hint: 'mend the file and run the command again',
  }),
  'plan.invalid': ({ path, why, line }) => ({
    message: `${path}${line ? `:${line}` : ''} is not a plan gwt can work by: ${why}`,
    hint: 'mend the file and run the command again',
  }),
  'agent.unknown': ({ agent, known }) => ({
    message: `there is no agent ${agent} in the config; there is: ${list(known)}`,
    hint: `--agent ${known[0] ?? 'claude'}, or add it under agents: in gwt.config.yaml`,
  }),
  'agent.missing': notStarted,
  'agent.keyless': ({ agent, variable }) => ({
    message: `agent ${agent} needs a key, and ${variable} is not set`,
    hint: `export ${variable}=<your key>`,
  }),
  'ref.locked': ({ path }) => ({
    message: `${path} was left behind by a git process that was killed`,
    hint: `make sure that no git command runs here, then: rm '${path}'`,
  }),
  'ledger.moved': ({ refs }) => ({
    message: `somebody else moved ${list(refs)} at the same time`,
    hint: 'run the command again',
  }),
  'ledger.broken': ({ key, why }) => ({
    message: `the ledger entry ${key} cannot be read: ${why}`,
    hint: 'gwt doctor',
  }),
  'restore.none': ({ task }) => ({ message: `nothing is kept of ${task}`, hint: 'gwt status --all' }),
  'logs.none': ({ task, iterations }) => ({
    message: `there is no such transcript of ${task}; iterations with one: ${list(iterations.map(String))}`,
    hint: iterations.length === 0 ? `gwt loop ${task}` : `gwt logs ${task}`,
  }),
  'loop.none': ({ tasks, running }) => ({
    message: `no loop is running${tasks.length > 0 ? ` on ${list(tasks)}` : ''}${running.length > 0 ? `; running now: ${list(running)}` : ''}`,
    hint: running.length > 0 ? `gwt attach ${running.join(' ')}` : `gwt loop ${tasks.join(' ')} --detach`,
  }),
  'tmux.missing': ({ tasks }) => ({
    message: 'tmux is not installed, or not on PATH, so there is nowhere to open windows',
    hint: `gwt loop ${tasks.join(' ')} --detach, then gwt attach`,
  }),
  'restore.taken': ({ task, what }) => ({
    message: `${task} cannot come back without overwriting what is there now: ${what}`,
    hint: 'move that away, then run the command again',
  }),
  'checkpoint.unknown': ({ task, checkpoint, known }) => ({
    message:
      known.length === 0
        ? `task ${task} has no checkpoint yet`
        : `task ${task} has no checkpoint ${checkpoint}; it has: ${list(known.map(String))}`,
    hint: `gwt checkpoint list ${task}`,
  }),
  'escalation.unknown': ({ escalation, open }) => ({
    message: `there is no open escalation ${escalation}; open: ${list(open)}`,
    hint: 'gwt inbox',
  }),
  'resolution.unknown': ({ resolution, known }) => ({
    message: `no resolution is remembered for ${resolution}${known.length > 0 ? `; there is one for ${list(known)}` : ''}`,
    hint: 'gwt resolutions',
  }),
  ...messageWords,
  'escalation.choice': ({ escalation, reason, choices }) => ({
    message: `escalation ${escalation} (${reason}) cannot be answered that way`,
    hint: choices.join('\n      '),
  }),
  'escalation.unresolved': ({ escalation, why }) => ({
    message: `escalation ${escalation} is not settled:\n  ${why.join('\n  ')}`,
    hint: `gwt inbox show ${escalation}`,
  }),
  unattended: ({ question, flag }) => ({ message: `there is nobody to answer: ${question}`, hint: `add ${flag}` }),
};

/** Every code there is. */
export const CODES = Object.keys(wording) as readonly RefusalCode[];

/** The words for a refusal. */
export function wordsOf(refusal: Refusal): Words {
  const say = wording[refusal.code] as (facts: unknown) => Words;
  return say(refusal.facts);
}

/** Codes that mean the command was typed wrongly: exit 2. */
export const USAGE_CODES: ReadonlySet<RefusalCode> = new Set(['usage.bad']);

/** Why the program of an agent did not start: what is there but may not or cannot be run is not missing. */
function notStarted({ agent, program, errno }: RefusalFacts['agent.missing']): Words {
  if (errno === 'E2BIG')
    return {
      message: `agent ${agent}: the prompt is too long to stand in the command line of ${program}`,
      hint: 'put {promptFile} for {prompt} into its command, or leave both out: then it comes on stdin',
    };
  if (errno === 'EACCES') return { message: `agent ${agent}: ${program} may not be run`, hint: `chmod +x ${program}` };
  return {
    message: `agent ${agent} needs ${program}, which ${program.includes('/') ? 'does not exist' : 'is not on PATH'}`,
    hint: `install ${program}, or choose another agent with --agent`,
  };
}
