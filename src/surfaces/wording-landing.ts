import type { RefusalCode, RefusalFacts } from '../core/refusal.ts';
import { list, type Wording } from './words.ts';

type LandingCode = Extract<RefusalCode, `merge.${string}` | `undo.${string}` | `push.${string}` | `request.${string}`>;

const FATES: Readonly<Record<RefusalFacts['merge.unverified']['fate'], string>> = {
  back: 'It was taken back: nothing landed',
  gone: 'Its record was taken back: nothing counts as landed',
  stands: 'It could not be taken back, since the target or a checkout has gone on from it',
};

/** The words of landing, and of taking a landing back. */
export const landingWords: Wording<LandingCode> = {
  'merge.busy': ({ target, holder }) => ({
    message: `another landing on ${target} is under way: ${holder}`,
    hint: 'gwt merge --watch   waits for its turn; a holder that died is passed over',
  }),
  'merge.nothing': () => ({ message: 'no landing was cut short here', hint: 'gwt merge' }),
  'merge.blocked': ({ target, worktree, why, paths }) => ({
    message: `nothing lands on ${target}: in ${worktree} ${why}${paths.length > 0 ? `: ${list(paths)}` : ''}`,
    hint: `git -C '${worktree}' status`,
  }),
  'merge.unfinished': ({ worktree, from, to }) => ({
    message: `a landing was cut short, and ${worktree} cannot follow it from ${from.slice(0, 10)} to ${to.slice(0, 10)}: something stands where a file or folder of it belongs`,
    hint: `git -C '${worktree}' status, move what is yours out of the way, then gwt merge --continue`,
  }),
  'merge.unverified': ({ target, landing, problems, fate, escalation }) => ({
    message: `landing ${landing} on ${target} was read back and is not what was landed: ${problems.join('; ')}. ${FATES[fate]}`,
    hint: escalation === undefined ? 'gwt merge   lands it again' : `gwt inbox show ${escalation}`,
  }),
  'push.remote': ({ target, remotes }) => ({
    message: `there is no one remote for ${target} to be pushed to; there is: ${list(remotes)}`,
    hint: remotes.length > 0 ? 'gwt merge --push <remote>' : 'git remote add origin <url>',
  }),
  'push.unreached': ({ target, remote, why }) => ({
    message: `nothing landed on ${target}: ${remote} cannot be asked where it stands: ${why}`,
    hint: `git ls-remote ${remote} ${target}, or land without --push`,
  }),
  'push.diverged': ({ target, remote, here, there }) => ({
    message: `${target} is at ${here.slice(0, 10)} with commits that ${remote} has not, and there it is at ${there.slice(0, 10)} with others: which of them count is not for gwt to say`,
    hint: `git switch ${target} && git pull --rebase ${remote} ${target}, then gwt merge --push ${remote}`,
  }),
  'request.forge': ({ remote, url }) => ({
    message: `gwt cannot tell whether ${remote} (${url}) is served by GitHub or GitLab`,
    hint: 'set merge.pr to gh or glab in gwt.config.yaml; the remote must be an address of such a server',
  }),
  'request.missing': ({ program }) => ({
    message: `${program} is needed to open a request, and is not installed`,
    hint:
      program === 'gh' ? 'install it from https://cli.github.com' : 'install it from https://gitlab.com/gitlab-org/cli',
  }),
  'request.login': ({ program, host }) => ({
    message: `${program} is not logged in at ${host}`,
    hint: `${program} auth login --hostname ${host}`,
  }),
  'request.failed': ({ program, branch, why }) => ({
    message: `${branch} is pushed, but ${program} opened no request: ${why}`,
    hint: 'gwt merge --pr   does the rest',
  }),
  'undo.none': () => ({ message: 'there is no landing to undo', hint: 'git log' }),
  'undo.built-on': ({ landing, target, now }) => ({
    message: `${target} has moved on to ${now.slice(0, 10)} since landing ${landing}`,
    hint: `gwt undo --landing ${landing} --revert   takes it back with commits on top`,
  }),
  'undo.unknown': ({ landing, target, known }) => ({
    message: `no landing ${landing} stands on ${target}; there is: ${list(known)}`,
    hint: 'gwt undo --dry-run',
  }),
  'undo.pushed': ({ landing, target, remote }) => ({
    message: `landing ${landing} is on ${target} of ${remote} already, where others may have it`,
    hint: `gwt undo --landing ${landing} --revert   takes it back with commits on top`,
  }),
  'merge.unsigned': ({ commit, subject, why }) => ({
    message: `${commit.slice(0, 10)} (${subject}) cannot be signed, so nothing lands: ${why}`,
    hint: 'see that `git commit -S --allow-empty -m try` works, or land unsigned: git config commit.gpgsign false',
  }),
  'undo.conflict': ({ landing, commit, paths }) => ({
    message: `landing ${landing} cannot be taken back on top of what came later: undoing ${commit.slice(0, 10)} conflicts in ${list(paths)}; nothing was changed`,
    hint: `git revert ${commit.slice(0, 10)}   and settle it by hand`,
  }),
  'undo.blocked': ({ worktree, paths }) => ({
    message: `local changes in ${worktree} are in the way: ${list(paths)}`,
    hint: 'commit or move them, then gwt undo',
  }),
};
