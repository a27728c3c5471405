/** No test reads the developer's git config, identity or agents; names and dates are fixed. */
export const SEALED: Readonly<Record<string, string>> = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
  TZ: 'UTC',
  NO_COLOR: '1',
};

Object.assign(process.env, SEALED);
for (const name of Object.keys(process.env))
  if (/^(GWT_(?!AGENTS_)|AI_AGENT_|XDG_CONFIG_HOME$|GIT_DIR$|GIT_INDEX_FILE$|GIT_WORK_TREE$)/.test(name))
    delete process.env[name];
process.env['HOME'] = '/nonexistent-home';
