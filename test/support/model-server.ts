import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { PROJECT } from './scene.ts';

/** The loopback model server, ended with the test: `url` answers with a scenario, `requests` is what it was sent. */
export async function modelServer(): Promise<{ url(scenario: string): string; requests(): readonly string[] }> {
  const logs = mkdtempSync(join(tmpdir(), 'gwt-model-'));
  const child = spawn(process.execPath, [join(PROJECT, 'fixtures/model-server/server.mjs')], {
    env: { ...process.env, PORT: '0', LOGDIR: logs },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill();
    rmSync(logs, { recursive: true, force: true });
  });
  const base = await new Promise<string>((done, fail) => {
    child.once('exit', () => fail(new Error('the model server did not start')));
    child.stdout.on('data', (chunk) => {
      const [url] = /http:\/\/\S+/.exec(String(chunk)) ?? [];
      if (url) done(url);
    });
  });
  const bodies = () => readdirSync(logs).filter((name) => name.endsWith('.json'));
  return {
    url: (scenario) => `${base}/s/${scenario}`,
    requests: () => bodies().map((name) => readFileSync(join(logs, name), 'utf8')),
  };
}

/** Where a real agent CLI is installed: `GWT_AGENTS_DIR` first, then PATH. */
export function agentCli(name: string): string | undefined {
  const folder = process.env['GWT_AGENTS_DIR'];
  const places = [
    ...(folder ? [join(folder, 'node_modules/.bin')] : []),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  return places.map((place) => join(place, name)).find((path) => existsSync(path));
}
