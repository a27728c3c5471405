import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs the end-to-end test of the real agent CLIs against the model server in fixtures: no account, no money. The CLIs
 * are installed by exact version into a folder outside the project, and kept there.
 */
const VERSIONS = {
  '@anthropic-ai/claude-code': '2.1.329',
  '@openai/codex': '0.169.0',
  '@google/gemini-cli': '0.61.0',
  '@qwen-code/qwen-code': '0.24.4',
  '@github/copilot': '1.0.102',
  'opencode-ai': '1.18.33',
};
const folder = process.env['GWT_AGENTS_DIR'] ?? join(tmpdir(), 'gwt-test-agents');

function installed(name: string, version: string): boolean {
  const manifest = join(folder, 'node_modules', name, 'package.json');
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version;
}

const missing = Object.entries(VERSIONS).filter(([name, version]) => !installed(name, version));
if (missing.length > 0) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"name":"agents","private":true}\n');
  const wanted = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
  console.log(`installing ${wanted.join(', ')} into ${folder}`);
  // The versions ask for a newer node than gwt does, and run all the same: the tests show it.
  const flags = ['--no-audit', '--no-fund', '--save-exact', '--loglevel=error'];
  execFileSync('npm', ['install', ...flags, ...wanted], { cwd: folder, stdio: 'inherit' });
}
execFileSync('npx', ['vitest', 'run', 'test/e2e/real-agents'], {
  stdio: 'inherit',
  env: { ...process.env, GWT_AGENTS_DIR: folder, GWT_AGENTS_REQUIRED: '1' },
});
