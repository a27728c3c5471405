const BEGIN = '# gwt begins: what binds this worktree alone, written by gwt';
const END = '# gwt ends';
/** The names gwt's part sets. Only looked for inside of it and after it. */
const OWN = /^\s*(hooksPath|excludesFile|pushInsteadOf|insteadOf|gpgSign|packRefs)\b/i;

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

/** True when gwt's part stands in the text whole, and nothing else there says what it says. */
export function isBound(text: string, settings: WorktreeSettings): boolean {
  const lines = text.split('\n');
  const wanted = section(settings).trimEnd().split('\n');
  if (wanted.some((line) => !lines.includes(line))) return false;
  const begun = lines.lastIndexOf(BEGIN);
  const sayings = lines.slice(begun).filter((line) => OWN.test(line));
  return sayings.every((line) => wanted.includes(line)) && new Set(sayings).size === sayings.length;
}

/** The text without gwt's part. What git itself wrote into it since, below a heading of gwt's, is kept. */
export function withoutGwt(text: string): string {
  const kept: string[] = [];
  let heading: string | undefined;
  let inside = false;
  for (const line of text.split('\n')) {
    if (line === BEGIN) inside = true;
    if (!inside) kept.push(line);
    else if (line.startsWith('[')) heading = line;
    else if (line !== BEGIN && line !== END && line.trim() !== '' && !OWN.test(line)) {
      if (heading) kept.push(heading);
      heading = undefined;
      kept.push(line);
    }
    if (line === END) inside = false;
  }
  return kept.join('\n');
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
