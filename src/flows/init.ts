import { join } from 'node:path';
import { document, parsed } from '../core/records.ts';
import { Refusal } from '../core/refusal.ts';
import { gatesFor, starterConfig } from '../core/starter.ts';
import { chooseTarget } from '../core/target.ts';
import { atLeast, OLDEST_GIT } from '../core/version.ts';
import type { Entry, Ports } from '../ports.ts';
import { applySettings, type Setting, settingsNeeded } from './prepare.ts';

export interface InitInput {
  readonly target?: string;
  readonly dryRun?: boolean;
  /** Write a config file to begin with. */
  readonly config?: boolean;
}
export interface Init {
  readonly target: string;
  readonly changes: readonly string[];
  readonly dryRun: boolean;
}

/** What the ledger remembers of the repository as a whole: entry `meta/repository`. */
export interface Meta {
  readonly version: 1;
  readonly target: string;
  /** False after `gwt init --remove`, when only the ledger was kept. */
  readonly prepared: boolean;
}

type InitPorts = Pick<Ports, 'git' | 'ledger' | 'config' | 'clock' | 'report' | 'files' | 'locks'>;

/** Prepares the repository gwt stands in; doing it again changes nothing. */
export async function init(ports: InitPorts, input: InitInput): Promise<Init> {
  await refuseOldGit(ports);
  // Decided first: a refusal, and a repository that is prepared already, leave no trace.
  const plan = await prepare(ports, { ...input, dryRun: true });
  if (input.dryRun || plan.changes.length === 0) return { ...plan, dryRun: input.dryRun === true };
  const { common } = await ports.git.repo();
  const lock = await patiently(ports, join(common, 'gwt/locks/init'));
  try {
    return await prepare(ports, input);
  } finally {
    await lock.release();
  }
}

/** The branch work lands on; prepares the repository when that was not done yet, unless in a dry run. */
export async function targetOf(ports: InitPorts, dryRun = false): Promise<string> {
  const known = metaOf(await ports.ledger.read('meta/repository'));
  if (!known?.prepared) return (await init(ports, { dryRun })).target;
  return (await ports.config.load()).target ?? known.target;
}

/** The entry `meta/repository` as data. */
export function metaOf(entry: Entry | undefined): Meta | undefined {
  return entry && { ...parsed<Meta>(entry, 'meta.json') };
}

async function refuseOldGit({ git }: InitPorts): Promise<void> {
  const found = await git.version();
  if (!atLeast(found, OLDEST_GIT)) throw new Refusal('git.old', { found, wanted: OLDEST_GIT });
}

async function patiently({ locks, clock }: InitPorts, path: string) {
  for (;;) {
    const lock = await locks.take(path);
    if (lock) return lock;
    await clock.sleep(20);
  }
}

async function prepare(ports: InitPorts, input: InitInput): Promise<Init> {
  const known = metaOf(await ports.ledger.read('meta/repository'));
  const target = await targetFor(ports, input, known?.target);
  const settings = await settingsNeeded(ports);
  const starter = input.config ? await starterFor(ports, target) : undefined;
  const recorded = known?.prepared === true && known.target === target;
  const changes = [
    ...settings.map(settingText),
    ...(recorded ? [] : [`ledger: work lands on ${target}`]),
    ...(starter ? [`config: ${starter.path}`] : []),
  ];
  if (input.dryRun) return { target, changes, dryRun: true };
  await applySettings(ports, settings);
  if (!recorded) await remember(ports, target);
  if (starter) await writeStarter(ports, starter);
  return { target, changes, dryRun: false };
}

function settingText({ file, name, value }: Setting): string {
  const where = file.endsWith('.worktree') ? ' --worktree' : '';
  return value === undefined ? `git config --unset ${name}` : `git config${where} ${name} ${value}`;
}

async function targetFor(ports: InitPorts, input: InitInput, known: string | undefined): Promise<string> {
  const { git, config } = ports;
  const { target: configured, branchPrefix } = await config.load();
  if (configured && input.target && configured !== input.target)
    throw new Refusal('usage.bad', { problem: `the config says target: ${configured}`, command: 'init' });
  const target = input.target ?? configured ?? known ?? (await guess(ports, branchPrefix));
  const { root } = await git.repo();
  if (target && (await git.refs.resolve(`refs/heads/${target}`))) return target;
  if (!(await git.refs.resolve('HEAD'))) throw new Refusal('repository.unborn', { path: root });
  if (target) throw new Refusal('target.absent', { target });
  throw new Refusal('target.unknown', { path: root });
}

async function guess({ git }: InitPorts, prefix: string): Promise<string | undefined> {
  const refs = [...(await git.refs.heads(['refs/heads/'])).keys()];
  return chooseTarget({
    current: await git.refs.current(),
    usual: await git.config.get('init.defaultBranch'),
    branches: refs.map((ref) => ref.slice('refs/heads/'.length)),
    prefix,
  });
}

async function remember(ports: InitPorts, target: string): Promise<void> {
  const meta: Meta = { version: 1, target, prepared: true };
  const event = { type: 'repository.prepared', at: new Date(ports.clock.now()).toISOString(), target } as const;
  await ports.ledger.transact({ keys: ['meta/repository'] }, () => ({
    writes: [{ key: 'meta/repository', event, docs: { 'meta.json': document(meta) } }],
    result: undefined,
  }));
  ports.report(event);
}

interface Starter {
  readonly path: string;
  readonly text: string;
}

/** The file to write, or undefined when the project has a config already. */
async function starterFor({ git, config, files }: InitPorts, target: string): Promise<Starter | undefined> {
  if ((await config.layers()).some(({ source }) => source === 'project')) return undefined;
  const { top, root } = await git.repo();
  if (!top) throw new Refusal('usage.bad', { problem: `${root} is bare: write the config in a worktree` });
  const manifest = await files.read(join(top, 'package.json'));
  return {
    path: join(top, 'gwt.config.yaml'),
    text: starterConfig(target, gatesFor(await files.list(top), manifest)),
  };
}

async function writeStarter({ git, files }: InitPorts, { path, text }: Starter): Promise<void> {
  const { common } = await git.repo();
  await files.write(join(common, 'gwt/starter'), `${path}\n${text}`);
  await files.write(path, text);
}
