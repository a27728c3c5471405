import { Refusal } from '../../../core/refusal.ts';
import { type HookInput, type HookVerdict, hook } from '../../../flows/hook.ts';
import { type CommandSpec, text, texts } from '../command.ts';
import { renderHook } from '../render/hook.ts';

export const hookCommand: CommandSpec<HookInput, HookVerdict> = {
  usage: 'hook <verb>',
  summary: 'explain what a hook refused; the hooks start it themselves',
  details:
    'gwt hook explain: exit 0 when the changes between two commits stay inside the claim, else 1 and the reasons.',
  options: [
    { flags: '--task <name>', summary: 'whose claim; default: the task of this worktree' },
    {
      flags: '--from <rev>',
      summary: 'changes since this commit; of several, one that is allowed is enough',
      many: true,
    },
    { flags: '--to <rev>', summary: 'changes up to this commit or tree' },
    { flags: '--doing <what>', summary: 'what was about to happen' },
  ],
  examples: [{ command: 'gwt hook explain --from main --to HEAD', what: 'does this branch stay inside its claim?' }],
  input({ args: [verb], options }) {
    const { from: since, to: until, task, doing } = options;
    if (verb !== 'explain') throw new Refusal('usage.bad', { problem: `there is no hook ${verb}`, command: 'hook' });
    const [bases, to] = [texts(since), text(until)];
    if (!to || bases.length === 0)
      throw new Refusal('usage.bad', { problem: '--from and --to are both needed', command: 'hook' });
    const name = text(task);
    return { from: bases, to, doing: text(doing) ?? 'commit', ...(name ? { task: name } : {}) };
  },
  flow: hook,
  render: renderHook,
  exit: ({ allowed }) => (allowed ? 0 : 1),
};
