import { join } from 'node:path';
import { PROJECT, type Scene } from './scene.ts';

/** A branch off `from` with one commit; what was checked out stays so. */
export function branch(s: Scene, name: string, changes: Readonly<Record<string, string>>, from = 'main'): string {
  s.git('checkout', '-q', '-b', name, from);
  const head = s.commit(`${name} work`, changes);
  s.git('checkout', '-q', 'main');
  return head;
}

/** Config text that makes the scripted merger the merge agent. */
export function mergerConfig(mode: string, more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    agents: { merger: { driver: 'command', command: [join(PROJECT, 'fixtures/agents/merger.mjs'), mode] } },
    merge: { agent: 'merger', ...more },
  });
}

/** Writes a config file that git does not see. */
export function configure(s: Scene, text: string): void {
  s.write('.git/info/exclude', '.gwtrc.json\n');
  s.write('.gwtrc.json', text);
}
