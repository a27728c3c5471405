import type { Rule } from './rule.ts';

/** Both sides say the same but for white space: ours. */
export const sameButSpace: Rule = {
  name: 'same-but-space',
  dial: 'strict',
  settle: ({ ours, theirs }) =>
    squeezed(ours.join('')) === squeezed(theirs.join('')) ? { lines: ours, dropped: theirs } : undefined,
};

/** One side changed only white space: the other. */
export const spaceOnly: Rule = {
  name: 'space-only',
  dial: 'strict',
  settle: ({ base, ours, theirs }) => {
    const [was, mine, its] = [base, ours, theirs].map((lines) => squeezed(lines.join('')));
    if (its === was) return { lines: ours, dropped: theirs };
    return mine === was ? { lines: theirs, dropped: ours } : undefined;
  },
};

const squeezed = (text: string): string => text.replace(/\s+/g, '');
