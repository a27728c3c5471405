import { printable } from '../refused.ts';

/** Transcript text for a terminal: colours, cursor moves and titles are taken out, what is left is made printable. */
export function plain(text: string): string {
  return printable(
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one. (ECMA-48)
      .replace(/\u001b(\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(\u0007|\u001b\\)|[@-Z\\-_])/g, '')
      .replace(/\r\n?/g, '\n'),
  );
}
