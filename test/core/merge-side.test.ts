import { expect, test } from 'vitest';
import { withSide } from '../../src/core/merge/side.ts';

const names = { ours: 'a'.repeat(40), theirs: 'b'.repeat(40) };
const conflict = (ours: string, base: string, theirs: string): string =>
  `<<<<<<< ${names.ours}\n${ours}||||||| ${'c'.repeat(40)}\n${base}=======\n${theirs}>>>>>>> ${names.theirs}\n`;

test.each([
  {
    name: 'what git merged by itself stays, whichever side is chosen',
    marked: `1\n${conflict('ours\n', 'base\n', 'theirs\n')}merged by git\n`,
    ours: '1\nours\nmerged by git\n',
    theirs: '1\ntheirs\nmerged by git\n',
    whole: 'x\n',
  },
  {
    name: 'a side that deleted the lines leaves nothing there',
    marked: `1\n${conflict('', 'base\n', 'theirs\n')}2\n`,
    ours: '1\n2\n',
    theirs: '1\ntheirs\n2\n',
    whole: 'x\n',
  },
  {
    name: 'a last line without an end keeps having none',
    marked: `1\n${conflict('ours\n', 'base\n', 'theirs\n')}`,
    ours: '1\nours',
    theirs: '1\ntheirs',
    whole: 'x',
  },
  {
    name: 'two conflicts are decided alike',
    marked: `${conflict('a\n', 'b\n', 'c\n')}mid\n${conflict('d\n', 'e\n', 'f\n')}`,
    ours: 'a\nmid\nd\n',
    theirs: 'c\nmid\nf\n',
    whole: 'x\n',
  },
])('$name', ({ marked, ours, theirs, whole }) => {
  expect(withSide(marked, names, 'ours', whole)).toBe(ours);
  expect(withSide(marked, names, 'theirs', whole)).toBe(theirs);
});

test('where the text itself holds what looks like the middle marker nobody guesses', () => {
  expect(withSide(conflict('=======\n', 'base\n', 'theirs\n'), names, 'ours', 'x\n')).toBeUndefined();
});
