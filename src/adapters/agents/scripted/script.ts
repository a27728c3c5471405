import { parse } from 'yaml';

/** One thing the scripted agent does. Paths are relative to the worktree, times milliseconds. */
export type Step =
  | { readonly does: 'write'; readonly path: string; readonly text: string }
  | { readonly does: 'append'; readonly path: string; readonly text: string }
  | { readonly does: 'replace'; readonly path: string; readonly find: string; readonly with: string }
  | { readonly does: 'delete'; readonly path: string }
  | { readonly does: 'run'; readonly line: string }
  | { readonly does: 'commit'; readonly message: string }
  | { readonly does: 'flip'; readonly story: string }
  | { readonly does: 'say'; readonly text: string }
  | { readonly does: 'sleep'; readonly ms: number }
  | { readonly does: 'exit'; readonly code: number };

const VERBS = ['write', 'append', 'replace', 'delete', 'run', 'commit', 'flip', 'say', 'sleep', 'exit'];

/** Thrown for a script that cannot be followed. */
export class ScriptFault extends Error {}

/**
 * The steps for a story out of a script (YAML or JSON): a map from story id, `task/story`, `merge`, `task/merge` or `*`
 * to a list of steps, the narrower key winning. Each step is a map with one verb, as in `write: {path: a.txt, text: hi}`.
 */
export function stepsFor(text: string, name: string, task: string): readonly Step[] {
  const script = parse(text) as unknown;
  if (!isMap(script)) throw new ScriptFault('the script is not a map from story ids to steps');
  const key = [`${task}/${name}`, name, `${task}/*`, '*'].find((wanted) => Object.hasOwn(script, wanted));
  if (key === undefined) throw new ScriptFault(`the script has no steps for ${name} (of ${task})`);
  const steps = script[key] ?? [];
  if (!Array.isArray(steps)) throw new ScriptFault(`${key}: a list of steps was expected`);
  return steps.map((step, at) => stepOf(step, `${key}, step ${at + 1}`, name));
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function stepOf(step: unknown, where: string, story: string): Step {
  const [verb, ...others] = isMap(step) ? Object.keys(step) : [step];
  if (typeof verb !== 'string' || others.length > 0 || !VERBS.includes(verb))
    throw new ScriptFault(`${where}: one of ${VERBS.join(', ')} was expected`);
  const given = isMap(step) ? step[verb] : undefined;
  const part = (field: string): string => {
    const value = isMap(given) ? given[field] : undefined;
    if (typeof value !== 'string') throw new ScriptFault(`${where}: ${verb} needs ${field}`);
    return value;
  };
  switch (verb) {
    case 'write':
    case 'append':
      return { does: verb, path: part('path'), text: part('text') };
    case 'replace':
      return { does: verb, path: part('path'), find: part('find'), with: part('with') };
    default:
      return simple(verb, given, where, story);
  }
}

function simple(verb: string, given: unknown, where: string, story: string): Step {
  const number = Number(given);
  switch (verb) {
    case 'sleep':
    case 'exit':
      if (!Number.isFinite(number)) throw new ScriptFault(`${where}: ${verb} needs a number`);
      return verb === 'sleep' ? { does: verb, ms: number } : { does: verb, code: number };
    case 'flip':
      return { does: 'flip', story: given === true || given === undefined || given === null ? story : String(given) };
    case 'delete':
      return { does: 'delete', path: String(given) };
    case 'run':
      return { does: 'run', line: String(given) };
    case 'commit':
      return { does: 'commit', message: String(given) };
    default:
      return { does: 'say', text: String(given) };
  }
}
