/** The oldest git that rebases in memory (`merge-tree --write-tree`). */
export const OLDEST_GIT = '2.38';
export const OLDEST_NODE = '20';

/** True when a version like `2.39.5` or `2.37.1 (Apple Git-137.1)` is at least the other. */
export function atLeast(version: string, oldest: string): boolean {
  const numbers = (text: string) => (/^\d+(\.\d+)*/.exec(text)?.[0] ?? '0').split('.').map(Number);
  const [found, wanted] = [numbers(version), numbers(oldest)];
  for (const [at, number] of wanted.entries()) if (found[at] !== number) return (found[at] ?? 0) > number;
  return true;
}
