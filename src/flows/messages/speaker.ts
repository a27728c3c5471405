import type { Ports } from '../../ports.ts';

/** Who speaks: the agent gwt started, else the person as git knows them. */
export async function speaker({ self, git }: Pick<Ports, 'self' | 'git'>): Promise<string> {
  return self.env['GWT_AGENT_ID'] || self.env['GWT_TASK'] || (await git.config.identity()).name;
}
