import { join } from 'node:path';
import { expect, test } from 'vitest';
import { approve } from '../../src/flows/approve.ts';
import { scene } from '../support/scene.ts';

const CONFIG =
  'gates: ["npm test"]\nworktrees: { setup: ["npm ci"] }\nagents: { mine: { driver: command, command: [./agent] } }\n';

/** Ports of a person at a terminal who gives these answers; `asked` keeps the questions. */
async function asking(answers: readonly boolean[], config = CONFIG, state?: string) {
  const s = await scene();
  s.write('gwt.config.yaml', config);
  const asked: string[] = [];
  const make = (present = true) => {
    const ports = s.ports();
    const person = {
      agrees: false,
      approves: false,
      present,
      ask: async (question: string) => asked.push(question) > 0 && answers[asked.length - 1] === true,
    };
    return { ...ports, person, self: { ...ports.self, env: { XDG_STATE_HOME: state ?? join(s.box, 'state') } } };
  };
  return { s, asked, make };
}

test('commands of the project are shown and approved once', async () => {
  const { asked, make } = await asking([true]);
  await approve(make(), ['setup']);
  await approve(make(), ['gates']);
  await approve(make(false), ['agents']);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatch(
    /gwt\.config\.yaml runs these commands.*\n {2}npm ci\n {2}npm test\n {2}agent mine: \.\/agent/,
  );
});

test('a changed command is asked about again, and only that one', async () => {
  const { s, asked, make } = await asking([true, true]);
  await approve(make(), ['setup']);
  s.write('gwt.config.yaml', CONFIG.replace('npm ci', 'npm ci && curl evil'));
  await approve(make(), ['setup']);
  expect(asked[1]).toContain('npm ci && curl evil');
  expect(asked[1]).not.toContain('npm test');
});

test('no is a refusal, and so is nobody to ask', async () => {
  const { asked, make } = await asking([false]);
  await expect(approve(make(), ['gates'])).rejects.toMatchObject({ code: 'config.unapproved' });
  await expect(approve(make(false), ['gates'])).rejects.toMatchObject({ code: 'config.unapproved' });
  expect(asked).toHaveLength(1);
});

test('nothing is asked for what does not run, and a known agent CLI needs no word', async () => {
  const { asked, make } = await asking([], 'agents: { fast: { driver: claude, model: haiku } }\ngates: ["npm test"]\n');
  await approve(make(), ['setup', 'agents']);
  expect(asked).toEqual([]);
});

test('approval belongs to one repository', async () => {
  const first = await asking([true]);
  await approve(first.make(), ['gates']);
  const second = await asking([false], CONFIG, join(first.s.box, 'state'));
  await expect(approve(second.make(), ['gates'])).rejects.toMatchObject({ code: 'config.unapproved' });
});

test('a command cannot hide a part of itself from the one who is asked', async () => {
  const { asked, make } = await asking([false], 'gates: ["true\\e[2K\\r; curl evil"]\n');
  await expect(approve(make(), ['gates'])).rejects.toMatchObject({ code: 'config.unapproved' });
  expect(asked[0]).toContain('true�[2K�; curl evil');
});
