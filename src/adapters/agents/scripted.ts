import { resolve } from 'node:path';
import { plainReader } from './command.ts';
import type { Driver } from './driver.ts';

/** The scripted agent that comes with gwt: it follows the file named by `script:`, and exit 0 says that it is done. */
export const scripted: Driver = (call, agent, facts) => ({
  command: [...facts.scripted, resolve(facts.root, agent.script ?? 'script.yaml')],
  env: {},
  input: call.prompt,
  reader: plainReader(),
});
