/** A value out of a program's output: nothing about its shape is known. */
export type Loose = Readonly<Record<string, unknown>>;

/** The event a line of stdout is, or undefined; what stands on stderr never is one. */
export const eventOf = (line: string, stream: 'stdout' | 'stderr'): Loose | undefined =>
  stream === 'stdout' ? jsonLine(line) : undefined;

/** The line as a JSON object, or undefined: output may hold anything. */
function jsonLine(line: string): Loose | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return loose(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** The value as an object; an empty one when it is none. */
export function loose(value: unknown): Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {};
}

/** Which tool an agent uses on what, for the person who reads along. */
export function asked(tool: unknown, input: unknown): string {
  const { command, file_path, filePath, path, pattern } = loose(input);
  return `${text(tool)} ${[command, file_path, filePath, path, pattern].map(text).find(Boolean) ?? ''}`.trim();
}

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
