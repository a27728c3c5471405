import { homedir } from 'node:os';
import { join } from 'node:path';
import { cosmiconfig } from 'cosmiconfig';
import { type Config, type ConfigInput, mergeConfig } from '../../core/config.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Configs } from '../../ports.ts';
import { checkLayer } from './schema.ts';

const NAMES = ['yaml', 'yml', 'json', 'js', 'mjs', 'cjs', 'ts'];
const PLACES = [
  'package.json',
  ...NAMES.map((ending) => `gwt.config.${ending}`),
  '.gwtrc',
  ...NAMES.map((ending) => `.gwtrc.${ending}`),
];

/** Reads the user's config and the one of the project in `folder`; `over` comes from the command line. */
export function openConfig(
  folder: () => Promise<string>,
  env: Readonly<Record<string, string | undefined>>,
  over: ConfigInput = {},
): Configs {
  let loaded: Promise<Config> | undefined;
  const load = async () => mergeConfig([await userLayer(env), await projectLayer(await folder()), over]);
  return {
    load() {
      loaded ??= load();
      return loaded;
    },
  };
}

async function userLayer(env: Readonly<Record<string, string | undefined>>): Promise<ConfigInput> {
  const home = join(env['XDG_CONFIG_HOME'] || join(env['HOME'] ?? homedir(), '.config'), 'gwt');
  return found(explorer(['config.yaml', 'config.yml', 'config.json', 'config.js', 'config.mjs']), home);
}

const projectLayer = (folder: string): Promise<ConfigInput> => found(explorer(PLACES), folder);

const explorer = (searchPlaces: string[]) =>
  cosmiconfig('gwt', { searchPlaces, searchStrategy: 'none', loaders: { '.ts': loadTypeScript } });

async function found(search: ReturnType<typeof explorer>, folder: string): Promise<ConfigInput> {
  const result = await search.search(folder).catch((error: Error & { filepath?: string }) => {
    throw new Refusal('config.invalid', { file: error.filepath ?? folder, problems: [error.message] });
  });
  if (!result || result.isEmpty) return {};
  const { layer, problems } = checkLayer(result.config);
  if (!layer) throw new Refusal('config.invalid', { file: result.filepath, problems });
  return layer;
}

async function loadTypeScript(path: string): Promise<unknown> {
  const { createJiti } = await import('jiti');
  return createJiti(path).import(path, { default: true });
}
