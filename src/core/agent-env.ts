import type { Task } from './task.ts';

/** What a process working on a task finds in its environment, whatever CLI it is. */
export interface AgentEnv extends Readonly<Record<string, string>> {
  readonly GWT_TASK: string;
  readonly GWT_AGENT_ID: string;
  readonly GWT_ROLE: string;
  readonly GWT_WORKTREE: string;
  readonly GWT_RUN_ID: string;
  readonly GWT_STORY: string;
  readonly GWT_PURPOSE: string;
  readonly AI_AGENT_ID: string;
  readonly AI_AGENT_ROLE: string;
}

/** A name and a mail address, as git writes them. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

/**
 * Who an agent is for git: the person it works for, with its own name behind theirs. It stands as committer in what it
 * commits, and in the logs of branches it moves; the address is one that forges and their rules know.
 */
export function agentIdentity(agentId: string, person: Identity): Identity {
  return { name: `${person.name} (${agentId.replace(/[<>\p{Cc}]/gu, '')})`, email: person.email };
}

/**
 * What makes git name the agent as the committer, whatever the environment says, and as the author where the person has
 * no name that git knows. A person's key signs nothing that an agent made: what lands is signed when it lands.
 * (git(1), git-config(1) for the numbered settings.)
 */
export function identityEnv(
  agentId: string,
  person: Identity & { readonly unknown?: true },
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const { name, email } = agentIdentity(agentId, person);
  const at = Number.parseInt(env['GIT_CONFIG_COUNT'] ?? '0', 10) || 0;
  return {
    ...(person.unknown ? { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email } : {}),
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_CONFIG_COUNT: String(at + 1),
    [`GIT_CONFIG_KEY_${at}`]: 'commit.gpgSign',
    [`GIT_CONFIG_VALUE_${at}`]: 'false',
  };
}

/** The environment of one run. `run` marks every process of it; `story` is empty where none is being worked on. */
export function agentEnv(
  task: Pick<Task, 'id' | 'agentId' | 'role' | 'worktree'>,
  run: string,
  story: string,
  purpose: 'loop' | 'merge' | 'setup' | 'gate' | 'check' | 'review',
): AgentEnv {
  return {
    GWT_TASK: task.id,
    GWT_AGENT_ID: task.agentId,
    GWT_ROLE: task.role,
    GWT_WORKTREE: task.worktree,
    GWT_RUN_ID: run,
    GWT_STORY: story,
    GWT_PURPOSE: purpose,
    AI_AGENT_ID: task.agentId,
    AI_AGENT_ROLE: task.role,
  };
}
