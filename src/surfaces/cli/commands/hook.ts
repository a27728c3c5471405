import { Refusal } from '../../../core/refusal.ts';
import { type Guarded, type GuardInput, guard } from '../../../flows/guard.ts';
import { type HookInput, type HookVerdict, hook } from '../../../flows/hook.ts';
import { type CommandSpec, text, texts } from '../command.ts';
import { renderGuarded, renderHook } from '../render/hook.ts';

export const hookCommand: CommandSpec<HookInput | GuardInput, HookVerdict | Guarded> = {
  usage: 'hook <verb>',
  summary: 'explain what a hook refused; the hooks start it themselves',
  details: `gwt hook explain: exit 0 when the changes between two commits stay inside the claim, else 1 and the reasons.
gwt hook tool: answers an agent's CLI (PreToolUse of Claude Code, JSON on stdin) whether its tool should write that file.`,
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
  input({ args: [verb], options }, { self }) {
    if (verb === 'tool') return { asked: self.input() };
    const { from: since, to: until, task, doing } = options;
    if (verb !== 'explain') throw new Refusal('usage.bad', { problem: `there is no hook ${verb}`, command: 'hook' });
    const [bases, to] = [texts(since), text(until)];
    if (!to || bases.length === 0)
      throw new Refusal('usage.bad', { problem: '--from and --to are both needed', command: 'hook' });
    const name = text(task);
    return { from: bases, to, doing: text(doing) ?? 'commit', ...(name ? { task: name } : {}) };
  },
  flow: (ports, input) => ('asked' in input ? guard(ports, input) : hook(ports, input)),
  render: (result) => ('allowed' in result ? renderHook(result) : renderGuarded(result)),
  exit: (result) => (!('allowed' in result) || result.allowed ? 0 : 1),
};
