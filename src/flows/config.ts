import type { Config } from '../core/config.ts';
import { type Setting, settingsOf } from '../core/config-origin.ts';
import type { Ports } from '../ports.ts';

export interface ConfigShown {
  readonly config: Config;
  readonly files: readonly string[];
  readonly settings: readonly Setting[];
}

/** The config in force, the files behind it, and which of them each setting came from. */
export async function showConfig({ config }: Pick<Ports, 'config'>): Promise<ConfigShown> {
  const [value, layers] = [await config.load(), await config.layers()];
  return { config: value, files: layers.map(({ file }) => file), settings: settingsOf(value, layers) };
}
