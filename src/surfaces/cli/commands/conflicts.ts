import { Refusal } from '../../../core/refusal.ts';
import { type Looked, type RadarInput, radar } from '../../../flows/radar.ts';
import { watchRadar } from '../../../flows/radar-watch.ts';
import { type CommandSpec, text, texts } from '../command.ts';
import { jsonOfRadarStep, renderRadar, renderRadarStep } from '../render/radar.ts';

type Asked = RadarInput & { readonly watch: boolean; readonly matrix: boolean };
type Shown = Looked & { readonly matrix: boolean };

export const conflictsCommand: CommandSpec<Asked, Shown | undefined> = {
  usage: 'conflicts [name...]',
  summary: 'which branches conflict, before they land',
  details:
    'Merges every open task in memory with the target and with every other, what is not committed included, and tells where they conflict: files, and functions where it can tell. No worktree is touched. With names only the conflicts of those.',
  options: [
    {
      flags: '--branches <pattern>',
      summary: 'plain branches too, by pattern as paths in .gitignore; may be repeated',
      many: true,
    },
    { flags: '--into <branch>', summary: 'put them on this branch instead of the target' },
    { flags: '--committed', summary: 'leave out what is not committed' },
    { flags: '--matrix', summary: 'every branch against every other, a letter each' },
    { flags: '--watch', summary: 'go on and tell what changes, until Ctrl-C' },
  ],
  examples: [
    { command: 'gwt conflicts', what: 'all open tasks' },
    { command: "gwt conflicts --branches 'feature/*'", what: 'plain branches, without any task' },
    { command: 'gwt conflicts login --json', what: 'whom one task is in the way of, for programs' },
  ],
  input({ args, options }) {
    const into = text(options['into']);
    if (options['watch'] === true && options['matrix'] === true)
      throw new Refusal('usage.bad', { problem: '--watch and --matrix do not go together', command: 'conflicts' });
    return {
      names: args,
      branches: texts(options['branches']),
      ...(into ? { into } : {}),
      committed: options['committed'] === true,
      watch: options['watch'] === true,
      matrix: options['matrix'] === true,
    };
  },
  async flow(ports, { watch, matrix, ...input }, out, how) {
    if (!watch) return { ...(await radar(ports, input)), matrix };
    await watchRadar(ports, input, (step) =>
      out(`${how.json ? jsonOfRadarStep(step) : renderRadarStep(step, how.style)}\n`),
    );
    return undefined;
  },
  streams: ({ watch }) => watch,
  render: (result, style) => (result ? renderRadar(result, style, result.matrix) : ''),
  json(result) {
    const { matrix: _, touched: __, ...rest } = result ?? { matrix: false, touched: new Map() };
    return rest;
  },
};
