import { CODEOWNERS, CODEOWNERS_BYTES, type Guard, readCodeowners } from '../../core/codeowners.ts';
import type { Ports } from '../../ports.ts';

/** What config and CODEOWNERS say of paths, whatever tasks claim. */
export interface Rules {
  readonly frozen: readonly string[];
  readonly shared: readonly string[];
  readonly guards: readonly Guard[];
}

type RulePorts = Pick<Ports, 'config' | 'git'>;

/** The rules for work that is to land on this branch. The config's approvers come last: they win over CODEOWNERS. */
export async function rulesFor(ports: RulePorts, target: string): Promise<Rules> {
  const { frozen, shared, approvers, codeowners } = (await ports.config.load()).ownership;
  const named = Object.entries(approvers).map(([pattern, who]): Guard => {
    return { pattern, approvers: [who].flat(), source: 'ownership.approvers' };
  });
  const owners = codeowners === 'approve' ? await codeownersOf(ports, target) : [];
  return { frozen, shared, guards: [...owners, ...named] };
}

/** What the CODEOWNERS file of a branch says; none where there is none. */
export async function codeownersOf({ git }: Pick<Ports, 'git'>, branch: string): Promise<readonly Guard[]> {
  const found = await git.objects.read(CODEOWNERS.map((path) => `refs/heads/${branch}:${path}`));
  const at = found.findIndex((object) => object?.type === 'blob');
  const body = found[at]?.body;
  if (!body || body.byteLength > CODEOWNERS_BYTES) return [];
  return readCodeowners(Buffer.from(body).toString('utf8'), CODEOWNERS[at] ?? '');
}
