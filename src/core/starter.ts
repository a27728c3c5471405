import { isRecord } from './config.ts';

/** Gates that a project most likely has, told by the files at its top; `manifest` is its package.json. */
export function gatesFor(names: readonly string[], manifest: string | undefined): readonly string[] {
  const has = (name: string) => names.includes(name);
  const scripts = scriptsOf(manifest);
  const npm = ['typecheck', 'lint', 'test'].filter((name) => name in scripts).map((name) => npmRun(name));
  return [
    ...npm,
    ...(has('Cargo.toml') ? ['cargo test'] : []),
    ...(has('go.mod') ? ['go test ./...'] : []),
    ...(has('pyproject.toml') || has('pytest.ini') ? ['python -m pytest -q'] : []),
  ];
}

const npmRun = (name: string): string => (name === 'test' ? 'npm test' : `npm run ${name}`);

function scriptsOf(manifest: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(manifest ?? '{}');
    return isRecord(value) && isRecord(value['scripts']) ? value['scripts'] : {};
  } catch {
    return {};
  }
}

/** A config file to begin with, every part explained. */
export function starterConfig(target: string, gates: readonly string[]): string {
  const list = (items: readonly string[]) => `[${items.map((item) => JSON.stringify(item)).join(', ')}]`;
  return `# gwt's settings for this project. Everything may be left out; gwt config show tells what is in force.

# The branch that finished work lands on.
target: ${JSON.stringify(target)}

# Commands that must succeed before work counts as done, and again before it lands.
# A longer form sets a name and a limit in seconds: { name: tests, run: "npm test", timeout: 300 }
gates: ${list(gates)}

# Where worktrees lie, and what a new one gets besides the files git knows.
worktrees:
  dir: "../{repo}.worktrees"
  copy: [".env*"]          # copied from the main worktree, patterns as in .gitignore
  clone: []                # folders to copy cheaply, for example node_modules
  setup: []                # commands to run in a new worktree, for example "npm ci"

# Patterns as in .gitignore. No task may change a frozen path; every task may change a shared one.
ownership:
  frozen: []
  shared: []

# Agents by name. driver: claude, codex, gemini, qwen, copilot, opencode, scripted, or command (any program that reads
# its prompt on stdin).
agents:
  claude: { driver: claude }
  codex: { driver: codex }

# Limits of one loop: iterations, minutes and idle minutes of one run of the agent.
loop: { agent: claude, max: 20, minutes: 120, idleMinutes: 10 }

# To let an agent settle conflicts when work lands, name it: merge: { agent: claude, tries: 2 }
merge: { tries: 2 }
`;
}
