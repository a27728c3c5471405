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
  flow(ports: Ports, input: I): Promise<R>;
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
