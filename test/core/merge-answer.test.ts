import { expect, test } from 'vitest';
import { type Answered, faultsOf, leftOpen } from '../../src/core/merge/answer.ts';
import { hunksOf, markersLeft, relabel } from '../../src/core/merge/markers.ts';

const oid = '1'.repeat(40);
function answered(
  base: string | undefined,
  ours: string | undefined,
  theirs: string | undefined,
  now?: string,
): Answered {
  const stages = ([base, ours, theirs] as const).flatMap((text, at) =>
    text === undefined ? [] : [{ stage: (at + 1) as 1 | 2 | 3, mode: '100644', oid }],
  );
  return {
    file: { path: 'f', stages },
    sides: { base, ours, theirs },
    now: now === undefined ? undefined : { mode: '100644', text: now },
  };
}
const faults = (one: Answered, declared = '') => faultsOf({ files: [one], others: [], declared });

test.each([
  { name: 'both lines kept', base: 'a\n', ours: 'a\nx\n', theirs: 'a\ny\n', now: 'a\nx\ny\n', fault: undefined },
  {
    name: 'words of both in one line',
    base: 'v = 1\n',
    ours: 'v = two\n',
    theirs: 'var v = 1\n',
    now: 'var v = two\n',
  },
  { name: 'a comma more', base: 'a\n', ours: 'a\nx\n', theirs: 'a\ny\n', now: 'a\nx,\ny\n' },
  { name: 'one side lost', base: 'a\n', ours: 'a\nx\n', theirs: 'a\ny\n', now: 'a\nx\n', fault: /theirs added: y/ },
  {
    name: 'what both keep lost',
    base: 'a\nb\n',
    ours: 'a\nb\nx\n',
    theirs: 'a\nb\ny\n',
    now: 'a\nx\ny\n',
    fault: /both sides keep: b/,
  },
  {
    name: 'LF where both have CRLF',
    base: 'a\r\n',
    ours: 'a\r\nx\r\n',
    theirs: 'a\r\ny\r\n',
    now: 'a\nx\ny\n',
    fault: /CRLF/,
  },
  { name: 'one side changed the line ends', base: 'a\r\n', ours: 'a\nx\n', theirs: 'a\r\ny\r\n', now: 'a\nx\ny\n' },
  {
    name: 'mixed line ends ask for nothing',
    base: 'a\r\nb\n',
    ours: 'a\r\nb\nx\n',
    theirs: 'a\r\nb\ny\n',
    now: 'a\nb\nx\ny\n',
  },
  {
    name: 'no last line end on either side',
    base: 'a',
    ours: 'a\nx',
    theirs: 'a\ny',
    now: 'a\nx\ny\n',
    fault: /must not end with a line end/,
  },
  { name: 'one side took the last line end away', base: 'a\n', ours: 'a\nx', theirs: 'a\ny\n', now: 'a\nx\ny' },
  { name: 'emptied', base: 'a\n', ours: 'x\n', theirs: 'y\n', now: '', fault: /emptied/ },
  { name: 'deleted by nobody', base: 'a\n', ours: 'x\n', theirs: 'y\n', now: undefined, fault: /neither side deleted/ },
  { name: 'kept where one deleted', base: 'a\n', ours: undefined, theirs: 'a\ny\n', now: 'a\ny\n' },
  {
    name: 'deleted where one deleted',
    base: 'a\n',
    ours: undefined,
    theirs: 'a\ny\n',
    now: undefined,
    fault: /theirs added: y/,
  },
  {
    name: 'no longer UTF-8',
    base: 'a\n',
    ours: 'a\nx\n',
    theirs: 'a\n\xc3\xbc\n',
    now: 'a\nx\n\xfc\n',
    fault: /UTF-8/,
  },
  {
    name: 'byte order mark lost',
    base: '\xef\xbb\xbfa\n',
    ours: '\xef\xbb\xbfa\nx\n',
    theirs: '\xef\xbb\xbfa\ny\n',
    now: 'a\nx\ny\n',
    fault: /byte order mark/,
  },
] as { name: string; base?: string; ours?: string; theirs?: string; now?: string; fault?: RegExp }[])(
  'an answer: $name',
  ({ base, ours, theirs, now, fault }) => {
    const found = faults(answered(base, ours, theirs, now)).join('\n');
    if (fault) expect(found).toMatch(fault);
    else expect(found).toBe('');
  },
);

test('a line that is named as dropped is no loss', () => {
  expect(faults(answered('a\n', 'a\nx\n', 'a\ny\n', 'a\nx\n'), 'y\nreplaced by x\n')).toEqual([]);
});

test('a changed mode is a fault, unless one side changed it', () => {
  const one = answered('a\n', 'a\nx\n', 'a\ny\n', 'a\nx\ny\n');
  const executable = { ...one, now: { mode: '100755', text: 'a\nx\ny\n' } };
  expect(faults(executable)).toEqual(['f must have mode 100644, not 100755']);
  const stages = one.file.stages.map((stage) => (stage.stage === 3 ? { ...stage, mode: '100755' } : stage));
  expect(faults({ ...executable, file: { path: 'f', stages } })).toEqual([]);
});

test('a file outside the conflict must stay as it is', () => {
  expect(faultsOf({ files: [], others: ['g'], declared: '' })).toEqual(['g is not in conflict and must stay as it is']);
});

const title = 'Title\n=======\n';
test.each([
  { name: 'each kind', text: '<<<<<<< a\nx\n||||||| b\n=======\ny\n>>>>>>> c\n', left: [1, 3, 4, 6] },
  { name: 'with CRLF', text: 'x\r\n=======\r\ny\r\n', left: [2] },
  { name: 'longer ones', text: '<<<<<<<<<<<< a\n', left: [1] },
  { name: 'no marker: too short, or in a line', text: '<<<<<< a\n  =======\n======= x\n', left: [] },
  { name: 'an underline both sides have', text: title, base: title, ours: title, theirs: title, left: [] },
  {
    name: 'an underline, and a marker besides',
    text: `${title}x\n=======\n`,
    base: title,
    ours: title,
    theirs: title,
    left: [4],
  },
  { name: 'an underline of each side', text: `${title}${title}`, base: '', ours: title, theirs: title, left: [] },
  { name: 'a text about git', text: '<<<<<<< HEAD\n', base: '', ours: '<<<<<<< HEAD\n', theirs: '', left: [] },
] as { name: string; text: string; base?: string; ours?: string; theirs?: string; left: number[] }[])(
  'conflict markers left: $name',
  ({ text, base = '', ours = '', theirs = '', left }) => {
    expect(markersLeft(text, { base, ours, theirs })).toEqual(left);
  },
);

test('what a person settled is only asked for markers', () => {
  expect(leftOpen(answered('a\n', 'x\n', 'y\n', ''))).toEqual([]);
  expect(leftOpen(answered('a\n', 'x\n', 'y\n', '=======\n'))).toEqual(['f still has conflict markers (line 1)']);
});

test('markers name the sides, and hunks are cut with their markers', () => {
  const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];
  const text = `top\n<<<<<<< ${a}\nx\n||||||| 1234567\nw\n=======\ny\n>>>>>>> ${b}:moved.txt\nend\n`;
  const shown = relabel(text, { ours: a, theirs: b }, { ours: 'main', theirs: 'gwt/$&' });
  expect(shown).toBe('top\n<<<<<<< main\nx\n||||||| base\nw\n=======\ny\n>>>>>>> gwt/$&:moved.txt\nend\n');
  expect(hunksOf(shown)).toEqual([
    { line: 2, text: '<<<<<<< main\nx\n||||||| base\nw\n=======\ny\n>>>>>>> gwt/$&:moved.txt' },
  ]);
});
