import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { cosmiconfig } from 'cosmiconfig';
import * as v from 'valibot';
import { type ConfigInput, type ConfigLayer, mergeConfig } from '../../core/config.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Configs } from '../../ports.ts';
import { problemsOf } from './problems.ts';
import { configSchema } from './schema.ts';

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
    schema: jsonSchema,
    load: async () => mergeConfig([...(await layers()).map(({ value }) => value), over]),
  };
}

async function readLayers(folder: () => Promise<string>, env: Env): Promise<readonly ConfigLayer[]> {
  const user = await found(USER_PLACES, userFolder(env));
  const project = await found(PLACES, await folder());
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
  cosmiconfig('gwt', {
    searchPlaces,
    searchStrategy: 'none',
    loaders: { '.ts': program, '.js': program, '.mjs': program, '.cjs': program },
  });

async function found(
  places: readonly string[],
  folder: string,
): Promise<Pick<ConfigLayer, 'file' | 'value'> | undefined> {
  const there = await present(places, folder);
  if (there.length === 0) return undefined;
  // Making the explorer reads the package.json of the folder gwt runs in already, and throws where that is broken.
  const result = await Promise.resolve()
    .then(() => explorer(there).search(folder))
    .catch((error: Error & { filepath?: string }) => {
      throw new Refusal('config.invalid', { file: error.filepath ?? folder, problems: [error.message], unread: true });
    });
  if (!result || result.isEmpty) return undefined;
  return { file: result.filepath, value: await checked(result.filepath, result.config) };
}

/** One look into the folder spares a try for each of two dozen names, and the library where there is no config at all. */
async function present(places: readonly string[], folder: string): Promise<string[]> {
  const names = new Set(await readdir(folder).catch(() => []));
  const there = places.filter((place) => names.has(place));
  if (there[0] !== 'package.json') return there;
  const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '"gwt"');
  return manifest.includes('"gwt"') ? there : there.slice(1);
}

/** The layer a file holds. Refuses `config.invalid` with every problem in it and, where the file has lines, its place. */
async function checked(file: string, value: unknown): Promise<ConfigInput> {
  const parsed = v.safeParse(configSchema, value);
  if (parsed.success) {
    const { $schema: _, ...layer } = parsed.output;
    return layer as ConfigInput;
  }
  const text = /\.[cm]?[jt]s$/.test(file) ? '' : await readFile(file, 'utf8');
  const inside = basename(file) === 'package.json' ? ['gwt'] : [];
  throw new Refusal('config.invalid', { file, problems: problemsOf(parsed.issues, text, inside) });
}

async function jsonSchema(): Promise<unknown> {
  const { toJsonSchema } = await import('@valibot/to-json-schema');
  // What a check refuses cannot be said in a schema.
  return toJsonSchema(configSchema, { ignoreActions: ['check'] });
}

/** A config that is a program, in whatever kind of module, in TypeScript too. */
async function program(path: string): Promise<unknown> {
  const { createJiti } = await import('jiti');
  return createJiti(path).import(path, { default: true });
}
