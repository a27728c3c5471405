import { expect, test } from 'vitest';
import { openSyntax } from '../../src/adapters/syntax/syntax.ts';
import { sidesIn } from '../../src/core/radar/marked.ts';
import { spotsIn } from '../../src/core/radar/spots.ts';
import { type Language, languageOf } from '../../src/core/syntax/tree.ts';
import { PROJECT } from '../support/scene.ts';

const syntax = openSyntax(PROJECT);
const conflict = (ours: string, base: string, theirs: string) =>
  `<<<<<<< 1234567\n${ours}||||||| 7654321\n${base}=======\n${theirs}>>>>>>> abcdef0\n`;

test('both sides of a marked text, whole, and where they differ', () => {
  const { ours, theirs } = sidesIn(`a\n${conflict('b\n', 'c\n', 'd\ne\n')}f\n`);
  expect(ours).toEqual({ text: 'a\nb\nf\n', spans: [{ start: 2, end: 4 }] });
  expect(theirs).toEqual({ text: 'a\nd\ne\nf\n', spans: [{ start: 2, end: 6 }] });
});

test('a line that looks like a marker where none can be is text', () => {
  const { ours } = sidesIn(`Title\n=======\n${conflict('x\n', '', 'y\n')}>>>>>>> quoted\n`);
  expect(ours.text).toBe('Title\n=======\nx\n>>>>>>> quoted\n');
});

test.each<[string, string, readonly string[]]>([
  ['a.ts', `class A {\n  m() {\n${conflict('    x;\n', '    y;\n', '    z;\n')}  }\n}\n`, ['A.m']],
  ['a.ts', `export const go = async () => {\n${conflict('  x;\n', '  y;\n', '')}};\n`, ['go']],
  ['a.ts', `function f() {\n  x;\n}\n${conflict('import a;\n', '', 'import b;\n')}`, []],
  ['a.ts', conflict('function f() { x; }\n', '', 'function g() { x; }\n'), ['f', 'g']],
  ['a.py', `class C:\n    def f(self):\n${conflict('        x\n', '        y\n', '        z\n')}`, ['C.f']],
  ['a.go', `package a\n\nfunc (t *T) F() {\n${conflict('\tx()\n', '\ty()\n', '\tz()\n')}}\n`, ['F']],
  ['a.rs', `impl S {\n    fn f() {\n${conflict('x();\n', 'y();\n', 'z();\n')}    }\n}\n`, ['S.f']],
  ['A.java', `class A {\n  int f() {\n${conflict('x();\n', 'y();\n', 'z();\n')}  }\n}\n`, ['A.f']],
  ['notes.txt', conflict('a\n', 'b\n', 'c\n'), []],
])('%s: the functions around a conflict', async (path, marked, units) => {
  const language = languageOf(path);
  const code = await syntax.open(language ? [language as Language] : []);
  const spots = spotsIn(path, marked, code, (text) => text);
  expect(spots?.units).toEqual(units);
});

test('a text without a conflict has no spots, and what each side wants is told apart', async () => {
  const code = await syntax.open([]);
  expect(spotsIn('a.txt', 'plain\n', code, String)).toBeUndefined();
  const spots = spotsIn('a.txt', `${conflict('a\n', '', 'b\n')}-\n${conflict('c\n', '', 'd\n')}`, code, String);
  expect(spots).toEqual({ units: [], ours: 'a\n\0c\n', theirs: 'b\n\0d\n' });
});
