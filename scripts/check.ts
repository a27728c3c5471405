import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Count {
  readonly passed: number;
  readonly failed: number;
}
interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/** Format, lint and types count as one each, every test as one; all run even when one fails. */
const counts = [
  step('format', ['biome', 'format', '.']),
  step('lint', ['biome', 'lint', '--error-on-warnings', '.']),
  step('types', ['tsc', '-p', '.']),
  tests(),
];
const sum = (pick: (count: Count) => number): number => counts.reduce((total, count) => total + pick(count), 0);
const failed = sum((count) => count.failed);
console.log(`${sum((count) => count.passed)} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function step(name: string, command: readonly string[]): Count {
  const ok = npx(command) === 0;
  console.log(`${name}: ${ok ? 'ok' : 'failed'}`);
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
}

function tests(): Count {
  const folder = mkdtempSync(join(tmpdir(), 'gwt-check-'));
  const file = join(folder, 'report.json');
  const code = npx(['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]);
  try {
    return counted(JSON.parse(readFileSync(file, 'utf8')) as TestReport, code);
  } catch {
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file that could not be loaded holds no failed test, and an error outside of any test none either: each is one. */
function counted(report: TestReport, code: number): Count {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  const failed = report.numFailedTests + broken.length;
  return { passed: report.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
}

function npx(command: readonly string[]): number {
  const [name = '', ...args] = command;
  return (
    spawnSync(join('node_modules/.bin', name), args, { stdio: ['ignore', 'inherit', 'inherit'], env: process.env })
      .status ?? 1
  );
}
