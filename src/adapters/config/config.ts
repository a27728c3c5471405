import { homedir } from 'node:os';
import { join } from 'node:path';
import { cosmiconfig } from 'cosmiconfig';
import { type ConfigInput, type ConfigLayer, mergeConfig } from '../../core/config.ts';
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
const USER_PLACES = NAMES.map((ending) => `config.${ending}`);

type Env = Readonly<Record<string, string | undefined>>;

/** Reads the user's config and the one of the project in `folder`; `over` comes from the command line. */
export function openConfig(folder: () => Promise<string>, env: Env, over: ConfigInput = {}): Configs {
  let read: Promise<readonly ConfigLayer[]> | undefined;
  const layers = () => {
    read ??= readLayers(folder, env);
    return read;
  };
  return {
    layers,
    load: async () => mergeConfig([...(await layers()).map(({ value }) => value), over]),
  };
}

async function readLayers(folder: () => Promise<string>, env: Env): Promise<readonly ConfigLayer[]> {
  const user = await found(explorer(USER_PLACES), userFolder(env));
  const project = await found(explorer(PLACES), await folder());
  return [
    ...(user ? [{ source: 'user' as const, ...user }] : []),
    ...(project ? [{ source: 'project' as const, ...project }] : []),
  ];
}

/** Where the user's own config lies. */
function userFolder(env: Env): string {
  return join(env['XDG_CONFIG_HOME'] || join(env['HOME'] ?? homedir(), '.config'), 'gwt');
}

const explorer = (searchPlaces: string[]) =>
  cosmiconfig('gwt', { searchPlaces, searchStrategy: 'none', loaders: { '.ts': loadTypeScript } });

async function found(
  search: ReturnType<typeof explorer>,
  folder: string,
): Promise<Pick<ConfigLayer, 'file' | 'value'> | undefined> {
  const result = await search.search(folder).catch((error: Error & { filepath?: string }) => {
    throw new Refusal('config.invalid', { file: error.filepath ?? folder, problems: [error.message] });
  });
  if (!result || result.isEmpty) return undefined;
  const { layer, problems } = checkLayer(result.config);
  if (!layer) throw new Refusal('config.invalid', { file: result.filepath, problems });
  return { file: result.filepath, value: layer };
}

async function loadTypeScript(path: string): Promise<unknown> {
  const { createJiti } = await import('jiti');
  return createJiti(path).import(path, { default: true });
}
