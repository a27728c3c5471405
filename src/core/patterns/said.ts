import { isRecord } from '../config.ts';

/** Longer words of an agent are cut. */
const LONGEST = 4_000;

/**
 * What an agent was asked for as JSON: its file, else the end of its last message where the run ended well. Undefined
 * where that is no JSON object.
 */
export function saidIn(
  file: string | undefined,
  end: { readonly wellFormed: boolean; readonly text: string },
): Readonly<Record<string, unknown>> | undefined {
  const text = end.wellFormed ? end.text.trimEnd() : '';
  const [, block] = /(?:^|\n)```(?:json)?[ \t]*\n([\s\S]*?)\n```$/.exec(text) ?? [];
  const tries = file === undefined ? [block, text.split('\n').at(-1), text] : [file];
  for (const one of tries) {
    try {
      const said: unknown = JSON.parse((one ?? '').replace(/^\ufeff/, ''));
      if (isRecord(said)) return said;
    } catch {
      // The next may be it.
    }
  }
  return undefined;
}

/** A text among what was said, cut to a bearable length. */
export const textIn = (said: Readonly<Record<string, unknown>> | undefined, name: string): string => {
  const value = said?.[name];
  return typeof value === 'string' ? value.trim().slice(0, LONGEST) : '';
};

/** A list of texts; one text is a list of one. */
export function textsIn(said: Readonly<Record<string, unknown>> | undefined, name: string): readonly string[] {
  const value = said?.[name];
  const all = Array.isArray(value) ? value : [value];
  return all
    .filter((one): one is string => typeof one === 'string' && one.trim() !== '')
    .map((one) => one.trim().slice(0, LONGEST));
}

/** A share between 0 and 1; what is none counts as one half. */
export function shareIn(said: Readonly<Record<string, unknown>> | undefined, name: string): number {
  const value = Number(said?.[name]);
  return said?.[name] !== undefined && value >= 0 && value <= 1 ? value : 0.5;
}
