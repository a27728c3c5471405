/** Longest slug: with the prefix and a file system's 255 bytes there is room for suffixes. */
const LONGEST = 60;

/** Names that mean something to git or to the file system (also on Windows and macOS). */
const RESERVED = new Set([
  'head',
  'fetch_head',
  'orig_head',
  'merge_head',
  'con',
  'prn',
  'aux',
  'nul',
  'stash',
  'trash',
  'integration',
  ...['com', 'lpt'].flatMap((port) => [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `${port}${n}`)),
]);

/**
 * A name that is safe as branch, folder, ref and word on a command line, or why none can be made.
 * Letters of other scripts stay; marks are folded to their base letter where there is one (é → e).
 */
export function slugOf(text: string): { readonly slug: string } | { readonly why: string } {
  const slug = text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  if (slug === '') return { why: 'it has no letter and no digit' };
  const cut = [...slug].slice(0, LONGEST).join('').replace(/-+$/, '');
  if (Buffer.byteLength(cut) > 200) return { why: 'it is too long once written as a file name' };
  if (RESERVED.has(cut)) return { why: `${cut} is a word git or the file system keeps for itself` };
  return { slug: cut };
}
