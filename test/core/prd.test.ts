import { expect, test } from 'vitest';
import { addStory, LEAST, prdFromPrompt, readPrd, writePrd } from '../../src/core/prd.ts';
import { Refusal } from '../../src/core/refusal.ts';

const MAP = `{
  "login": { "description": "People log in", "passes": false },
  "logout": { "passes": true, "description": "People log out", "owner": "ada" }
}
`;
const LIST = `{
    "project": "shop",
    "branchName": "ralph/shop",
    "userStories": [
        {"id": "US-1", "title": "Cart", "description": "A cart", "acceptanceCriteria": ["adds", "removes"], "priority": 2, "passes": false, "notes": "", "x-extra": [1, {"deep": 1e3}]},
        {"id": "US-2", "title": "Pay", "description": "Pay it", "acceptanceCriteria": [], "priority": 1, "passes": true, "notes": "done"}
    ]
}`;

const refusalOf = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, ...error.facts };
    throw error;
  }
  return undefined;
};

test('the map form: the key is the id', () => {
  expect(readPrd(MAP, 'prd.json').stories).toMatchObject([
    { id: 'login', title: 'People log in', description: 'People log in', passes: false, priority: LEAST, criteria: [] },
    { id: 'logout', passes: true },
  ]);
});

test('the list form with every field', () => {
  expect(readPrd(LIST, 'prd.json').stories).toMatchObject([
    { id: 'US-1', title: 'Cart', criteria: ['adds', 'removes'], priority: 2, passes: false, notes: '' },
    { id: 'US-2', title: 'Pay', priority: 1, passes: true, notes: 'done' },
  ]);
});

test.each([
  [
    'a root list without ids',
    '[{"category":"functional","description":"Log in!","steps":["a","b"],"passes":false}]',
    [{ id: 'log-in', criteria: ['a', 'b'] }],
  ],
  [
    'stories as a map, null as not yet',
    '{"stories":{"a":{"title":"A","passes":null,"blockedBy":["b"]},"b":{"title":"B","passes":true}}}',
    [
      { id: 'a', passes: false, after: ['b'] },
      { id: 'b', passes: true },
    ],
  ],
  [
    'a status word',
    '{"stories":[{"id":"s","title":"S","status":"done"},{"id":"t","title":"T","status":"open"}]}',
    [{ passes: true }, { passes: false }],
  ],
  ['tasks with completed', '{"tasks":[{"title":"One","completed":true}]}', [{ id: 'one', passes: true }]],
  [
    'words for priority',
    '{"features":[{"name":"x","passes":false,"priority":"high"},{"name":"y","passes":false,"priority":"P2"}]}',
    [{ priority: 1 }, { priority: 2 }],
  ],
  [
    'two titles alike',
    '[{"title":"Same","passes":false},{"title":"Same","passes":false}]',
    [{ id: 'same' }, { id: 'same-2' }],
  ],
  [
    'facts beside a root map',
    '{"project":"shop","meta":{"version":1},"a":{"description":"A","passes":false}}',
    [{ id: 'a' }],
  ],
  [
    'numbers as ids, a byte order mark, one command to verify',
    '\ufeff{"userStories":[{"id":7,"title":"Seven","passes":false,"verify":"npm test"}]}',
    [{ id: '7', verify: ['npm test'] }],
  ],
])('reads %s', (_, text, stories) => {
  expect(readPrd(text, 'prd.json').stories).toMatchObject(stories);
});

test.each([
  ['a comma too many', '{\n  "a": {"description": "x", "passes": false},\n}', 3, 1],
  ['no closing quote', '{\n  "a: 1\n}', 2, 3],
  ['an early end', '{"a": {"passes": fal', 1, 18],
  ['text behind the end', '{"a":{"passes":false}} done', 1, 24],
  ['a name twice', '{"a":{"passes":false},\n "a":{"passes":true}}', 2, 2],
  ['an id twice', '{"userStories":[{"id":"a","title":"A"},\n{"id":"a","title":"B"}]}', 2, 1],
  ['a flag that is a word', '{"a":{"passes":"yes"}}', 1, 16],
  ['no stories', '{"userStories":[]}', 1, 1],
  ['a list of words', '["a"]', 1, 2],
  ['an empty file', '', 1, 1],
  ['a story that waits for nobody', '{"userStories":[{"id":"a","title":"A","dependsOn":["zz"]}]}', 1, 17],
  ['endless nesting', '['.repeat(100_000), 1, 102],
])('refuses %s with its place', (_, text, line, column) => {
  expect(refusalOf(() => readPrd(text, 'my.json'))).toMatchObject({
    code: 'prd.invalid',
    path: 'my.json',
    line,
    column,
  });
});

test('writing flags changes the flags and no other byte', () => {
  expect(writePrd(LIST, { 'US-1': { passes: true } })).toBe(LIST.replace('"passes": false', '"passes": true'));
  expect(writePrd(MAP, { logout: { passes: false } })).toBe(MAP.replace('"passes": true', '"passes": false'));
  expect(writePrd(LIST, { 'US-2': { passes: true }, nobody: { passes: true } })).toBe(LIST);
});

test('a missing field is added in the manner of its neighbours', () => {
  expect(writePrd('{"a":{"description":"x"}}', { a: { passes: true, notes: 'n' } })).toBe(
    '{"a":{"description":"x", "passes": true, "notes": "n"}}',
  );
  const spread = '{\n  "a": {\n    "description": "x"\n  }\n}\n';
  expect(writePrd(spread, { a: { passes: true } })).toBe(
    '{\n  "a": {\n    "description": "x",\n    "passes": true\n  }\n}\n',
  );
});

test('a story can be added to either form', () => {
  const story = { id: 'fix', title: 'Fix it', description: 'It broke', criteria: ['green'] };
  for (const text of [MAP, LIST])
    expect(readPrd(addStory(text, story), 'prd.json').stories.at(-1)).toMatchObject({ ...story, passes: false });
});

test('a story in a root map may have the name of a list', () => {
  expect(readPrd('{"tasks":{"description":"x","passes":false}}', 'p').stories).toMatchObject([{ id: 'tasks' }]);
});

test('a prompt becomes one story', () => {
  expect(readPrd(prdFromPrompt('Add Login!', 'Do "it"\nwell'), 'prd.json').stories).toMatchObject([
    { id: 'add-login', title: 'Add Login!', description: 'Do "it"\nwell', passes: false },
  ]);
});

test('a story named like an inherited member is only a story', () => {
  const text = '{"__proto__":{"description":"x","passes":false},"constructor":{"description":"y","passes":false}}';
  expect(readPrd(writePrd(text, { constructor: { passes: true } }), 'p').stories).toMatchObject([
    { id: '__proto__', passes: false },
    { id: 'constructor', passes: true },
  ]);
});
