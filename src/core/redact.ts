const WORD = '[secret]';

/**
 * Shapes of keys as their makers publish them (Anthropic, OpenAI, GitHub, GitLab, AWS, Google, Slack, npm, JSON web
 * tokens, PEM), passwords in addresses, and values of variables whose names say what they are.
 */
const SHAPES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\bsk-[\w-]{20,}/g,
  /\b(?:gh[pousr]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|npm_\w{30,}|xox[abprs]-[\w-]{10,})/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\bAIza[\w-]{35}/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g,
  /(?<=\bBearer )[\w.~+/-]{20,}=*/g,
  /(?<=\w:\/\/[^\s/:@]{1,100}:)[^\s/@]{3,}(?=@)/g,
  /(?<=\b[A-Z][A-Z0-9_]*(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD)\s?[=:]\s?["']?)[^\s"']{8,}/g,
];

/** Shorter texts would be hit by accident. */
const SHORTEST = 6;

/** The text without keys: those that are known, and whatever has the shape of one. */
export function redacted(text: string, known: readonly string[] = []): string {
  const plain = known
    .filter(({ length }) => length >= SHORTEST)
    .reduce((now, secret) => now.replaceAll(secret, WORD), text);
  return SHAPES.reduce((now, shape) => now.replace(shape, WORD), plain);
}
