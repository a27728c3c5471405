import { document, parsed } from '../core/records.ts';
import { Refusal } from '../core/refusal.ts';
import type { Ports } from '../ports.ts';

export interface InitInput {
  readonly target?: string;
  readonly dryRun?: boolean;
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
}

type InitPorts = Pick<Ports, 'git' | 'ledger' | 'config' | 'clock' | 'report'>;

/** Prepares the repository gwt stands in; doing it again changes nothing. */
export async function init(ports: InitPorts, input: InitInput): Promise<Init> {
  const known = await ports.ledger.read('meta/repository');
  const target = input.target ?? (known ? parsed<Meta>(known, 'meta.json').target : await chooseTarget(ports));
  const repo = await ports.git.repo();
  const head = await ports.git.refs.resolve(`refs/heads/${target}`);
  if (!head)
    throw new Refusal((await ports.git.refs.resolve('HEAD')) ? 'target.absent' : 'repository.unborn', {
      target,
      path: repo.root,
    });
  const extension = (await ports.git.config.get('extensions.worktreeConfig')) === 'true';
  const recorded = known !== undefined && parsed<Meta>(known, 'meta.json').target === target;
  const changes = [
    ...(extension ? [] : ['git config extensions.worktreeConfig true']),
    ...(recorded ? [] : [`ledger: work lands on ${target}`]),
  ];
  if (input.dryRun) return { target, changes, dryRun: true };
  if (!extension) await ports.git.config.set('extensions.worktreeConfig', 'true');
  if (!recorded) await remember(ports, target);
  return { target, changes, dryRun: false };
}

/** The branch work lands on; prepares the repository when that was not done yet. */
export async function targetOf(ports: InitPorts): Promise<string> {
  const { target } = await ports.config.load();
  if (target) return target;
  const known = await ports.ledger.read('meta/repository');
  return known ? parsed<Meta>(known, 'meta.json').target : (await init(ports, {})).target;
}

async function chooseTarget({ git, config }: InitPorts): Promise<string> {
  const { target } = await config.load();
  const current = target ?? (await git.refs.current());
  if (current) return current;
  const { root } = await git.repo();
  throw new Refusal('target.unknown', { path: root });
}

async function remember(ports: InitPorts, target: string): Promise<void> {
  const meta: Meta = { version: 1, target };
  const event = { type: 'repository.prepared', at: new Date(ports.clock.now()).toISOString(), target } as const;
  await ports.ledger.transact({ keys: ['meta/repository'] }, () => ({
    writes: [{ key: 'meta/repository', event, docs: { 'meta.json': document(meta) } }],
    result: undefined,
  }));
  ports.report(event);
}
