import { Refusal } from '../../core/refusal.ts';
import type { Ports } from '../../ports.ts';

/** Colours and width of where the answer goes. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly width: number;
}

/** One option as commander writes it: flags, what it does, and its default. */
export interface OptionSpec {
  readonly flags: string;
  readonly summary: string;
  /** May be given several times; the values come as a list. */
  readonly many?: boolean;
}

/** What was typed after the command's name. Option names are as in the help, without dashes, in camel case. */
export interface Typed {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** How an answer that comes bit by bit is written. */
export interface How {
  readonly json: boolean;
  readonly style: Style;
}

/** A command is a description: typed words → input → flow → result → words. */
export interface CommandSpec<I, R> {
  /** For example `spawn <task...>`. */
  readonly usage: string;
  readonly summary: string;
  readonly details?: string;
  readonly options: readonly OptionSpec[];
  readonly examples: readonly { readonly command: string; readonly what: string }[];
  /** Throws `usage.bad` for combinations that make no sense. */
  input(typed: Typed, ports: Ports): I | Promise<I>;
  /** `out` is for answers that come bit by bit; what was given to it is not rendered again. */
  flow(ports: Ports, input: I, out: (text: string) => void, how: How): Promise<R>;
  /** True where `flow` gives all there is to `out`, as lines of JSON with `--json`. */
  streams?(input: I): boolean;
  render(result: R, style: Style): string;
  /** 0 when left out; 3 when the result waits for a person. */
  exit?(result: R): number;
  /** The object `--json` prints, where it is not the result itself. */
  json?(result: R): unknown;
}

/** A list of texts from an option that may be given several times. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)];
}

/** The option's text, or undefined when it was not given. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A whole number from 1 on, or undefined when it was not given. Throws `usage.bad`. */
export function numberOption(options: Typed['options'], name: string, command: string): number | undefined {
  const value = options[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new Refusal('usage.bad', { problem: `--${name} takes a number from 1 on, not ${String(value)}`, command });
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time as `90s`, `30m`, `2h` or `1d`, in milliseconds; undefined when it was not given. Throws `usage.bad`. */
export function duration(options: Typed['options'], name: string, command: string): number | undefined {
  const value = options[name];
  if (value === undefined) return undefined;
  const [, count = '', unit = ''] = /^([1-9]\d{0,5})([smhd])$/.exec(String(value)) ?? [];
  const ms = UNITS[unit];
  if (ms !== undefined) return Number(count) * ms;
  throw new Refusal('usage.bad', {
    problem: `--${name} takes a time as 90s, 30m, 2h or 1d, not ${String(value)}`,
    command,
  });
}
