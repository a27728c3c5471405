import { type Config, type ConfigLayer, DEFAULT_CONFIG, isRecord } from './config.ts';

/** One setting in force. `from` is the file that says so, or `default`. */
export interface Setting {
  readonly key: string;
  readonly value: unknown;
  readonly from: string;
}

/** Every setting in force with where it came from, in the order of the defaults; as deep as layers are joined. */
export function settingsOf(config: Config, layers: readonly ConfigLayer[]): readonly Setting[] {
  const names = [...new Set([...Object.keys(DEFAULT_CONFIG), ...Object.keys(config)])];
  return names.flatMap((name) => {
    const value = config[name as keyof Config];
    if (!isRecord(value)) return [{ key: name, value, from: originOf(layers, [name]) }];
    return Object.entries(value).map(([part, inner]) => ({
      key: `${name}.${part}`,
      value: inner,
      from: originOf(layers, [name, part]),
    }));
  });
}

function originOf(layers: readonly ConfigLayer[], path: readonly string[]): string {
  return layers.findLast(({ value }) => has(value, path))?.file ?? 'default';
}

function has(value: unknown, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return true;
  return isRecord(value) && value[name] !== undefined && has(value[name], rest);
}
