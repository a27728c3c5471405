import { execFileSync } from 'node:child_process';

/** The built program is what end-to-end tests run: it must be the sources as they are now. */
export function setup(): void {
  execFileSync('npm', ['run', '-s', 'build'], { stdio: ['ignore', 'inherit', 'inherit'] });
}
