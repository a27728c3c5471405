import type { CommanderError } from 'commander';
import { Refusal } from '../../core/refusal.ts';
import { USAGE_CODES, wordsOf } from '../wording.ts';
import type { Io } from './io.ts';

/** Prints why gwt will not go on and what to type next; 2 for a mistyped command, else 1. */
export function printRefusal(refusal: Refusal, io: Io, json: boolean): number {
  const { message, hint } = wordsOf(refusal);
  if (json)
    io.out(`${JSON.stringify({ error: { code: refusal.code, message, hint, facts: refusal.facts } }, null, 2)}\n`);
  else io.err(`gwt: ${printable(message)}\n     try: ${printable(hint)}\n`);
  return USAGE_CODES.has(refusal.code) ? 2 : 1;
}

const DISK: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
};

/** A disk that is full or may not be written is no bug of gwt's; undefined for anything else that was thrown. */
export function diskRefusal(error: unknown): Refusal | undefined {
  const { code = '', path = 'a file' } = (error ?? {}) as NodeJS.ErrnoException;
  const why = DISK[code];
  return why === undefined ? undefined : new Refusal('file.unwritable', { path, why });
}

/** The parser's own complaints. */
export function explain(error: CommanderError, io: Io, json: boolean, command: string | undefined): number {
  const message = error.message.replace(/^error: /, '').replace(/\n\(Did you mean (.*)\?\)$/s, '; did you mean $1?');
  const help = command ? `gwt ${command} --help` : 'gwt --help';
  // Whoever is told what was meant has no use for how to name a task that begins with a dash.
  const dashed = /^unknown option '(-.+?)'$/.exec(message)?.[1];
  const hint = dashed
    ? `${help}; a name that begins with - goes behind --: gwt ${command ?? '<command>'} -- ${dashed}`
    : help;
  if (json)
    io.out(
      `${JSON.stringify({ error: { code: 'usage.bad', message, hint, facts: { problem: message } } }, null, 2)}\n`,
    );
  else io.err(`gwt: ${printable(message)}\n     try: ${hint}\n`);
  return 2;
}

/** Anything else that was thrown is a bug of gwt's: say so, and what to send. */
export function printBug(error: unknown, io: Io, version: string, json: boolean): number {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const masked = maskPaths(what, io.cwd);
  if (json)
    io.out(
      `${JSON.stringify({ error: { code: 'bug', message: masked.split('\n')[0], hint: 'gwt doctor', facts: {} } }, null, 2)}\n`,
    );
  io.err(
    `gwt: this is a bug in gwt ${version}, nothing of your work was touched by it.\nPlease report it with these lines:\n${masked}\n`,
  );
  return 70;
}

/** Lines that may be sent to others: the program's own files keep their names, all other paths are hidden. */
export function maskPaths(text: string, cwd: string): string {
  return text
    .replaceAll(cwd, '<cwd>')
    .replace(/(?:file:\/\/)?\/[^\s:()'"]*\/((?:dist|bin|src)\/[\w./-]+)/g, '<gwt>/$1')
    .replace(/(?<![\w>])\/(?:[^\s:()'"/]+\/)+[^\s:()'"]*/g, '<path>');
}

/** Without control characters: names and messages may come from anywhere. Line ends stay. */
export function printable(text: string): string {
  return text.replace(/[^\P{C}\n\t]/gu, '�');
}
