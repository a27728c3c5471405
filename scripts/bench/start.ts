import { type Bench, call, gwt, sideBySide } from './measure.ts';

const node = (cwd: string) => call(cwd, process.execPath, ['-e', '0']);

/** What it costs to start: nothing but the version, and a whole command that reads a repository. */
export const bench: Bench = async (scratch) => {
  const rounds = 31;
  const version = await sideBySide(
    rounds,
    () => gwt(scratch, '--version'),
    () => node(scratch),
  );
  const help = await sideBySide(
    rounds,
    () => gwt(scratch, 'spawn', '--help'),
    () => node(scratch),
  );
  return [
    { what: 'gwt --version : node -e 0', ...version, bar: { ratio: 1.6 } },
    { what: 'gwt spawn --help : node -e 0', ...help, bar: { ratio: 2.5 } },
  ];
};
