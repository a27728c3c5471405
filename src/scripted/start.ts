import { resolve } from 'node:path';
import { followScript } from '../adapters/agents/scripted/program.ts';
import { run } from '../adapters/process/run.ts';

// A program of its own, so that a scripted agent is started and ended like any other agent.
const { argv, env } = process;
void followScript({
  script: resolve(argv[2] ?? 'script.yaml'),
  cwd: process.cwd(),
  env,
  run,
  say: (text) => void process.stdout.write(`${text}\n`),
}).then((code) => {
  process.exitCode = code;
});
