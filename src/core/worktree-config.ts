const BEGIN = '# gwt begins: what binds this worktree alone, written by gwt';
const END = '# gwt ends';

/** What git is told in one agent's worktree and nowhere else. Paths are absolute. */
export interface WorktreeSettings {
  readonly hooks: string;
  readonly exclude: string;
  /** Push addresses that remotes name outright: those are not covered by `pushInsteadOf`. */
  readonly pushUrls: readonly string[];
  /** Addresses of remotes: what begins with a push address could not be fetched any more if that were rewritten. */
  readonly urls: readonly string[];
}

/**
 * The text of a `config.worktree` with gwt's part at its end, where it wins over all that is above; an older part of
 * gwt's, also one that git copied from another worktree, is taken out.
 */
export function worktreeConfig(before: string, settings: WorktreeSettings): string {
  const kept = withoutGwt(before);
  return `${kept}${kept === '' || kept.endsWith('\n') ? '' : '\n'}${section(settings)}`;
}

/** The text without gwt's part. */
export function withoutGwt(text: string): string {
  const part = new RegExp(`^${BEGIN}$[\\s\\S]*?^${END}\\n`, 'gm');
  return text.replace(part, '');
}

/**
 * An empty prefix matches every address, so each push goes to a transport that does not exist, with `--no-verify` too;
 * fetches are left alone. A signed push is asked for as a second lock: hardly any server takes one.
 */
function section({ hooks, exclude, pushUrls, urls }: WorktreeSettings): string {
  const rewritten = pushUrls.filter((pushUrl) => !urls.some((url) => url.startsWith(pushUrl)));
  return [
    BEGIN,
    '[core]',
    `\thooksPath = ${value(hooks)}`,
    `\texcludesFile = ${value(exclude)}`,
    '[url "gwt-agents-do-not-push::"]',
    '\tpushInsteadOf =',
    ...[...new Set(rewritten)].map((url) => `\tinsteadOf = ${value(url)}`),
    '[push]',
    '\tgpgSign = true',
    '[gc]',
    '\tpackRefs = false',
    END,
    '',
  ].join('\n');
}

/** (git-config(1), "Values") */
function value(text: string): string {
  const escaped = text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return `"${escaped}"`;
}
