import type { Ports, Repo } from '../../ports.ts';
import { journalFile } from './places.ts';

/** What of a batch was begun and what ended, kept so that a process that is killed leaves nothing to be told twice. */
export async function openJournal({ files }: Pick<Ports, 'files'>, repo: Repo) {
  const path = journalFile(repo);
  const lines = ((await files.read(path)) ?? '').split('\n');
  const marks = (word: string) =>
    new Set(lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1)));
  const [begun, ended] = [marks('begun'), marks('ended')];
  const write = async (word: string, mark: string, known: Set<string>) => {
    known.add(mark);
    await files.append(path, `${word} ${mark}\n`);
  };
  return {
    begun: (mark: string) => begun.has(mark),
    ended: (mark: string) => ended.has(mark),
    begin: (mark: string) => write('begun', mark, begun),
    end: (mark: string) => write('ended', mark, ended),
    async clear() {
      await files.jot(path, '', 0o600);
    },
  };
}
