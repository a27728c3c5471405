import { addUsage, NO_USAGE, type Usage, usageWithin } from '../../core/usage.ts';
import { wordsOf } from './claude-reader.ts';
import type { Driver, Reader } from './driver.ts';
import { eventOf, type Loose, loose, number, text } from './jsonl.ts';

/** The provider's protocol where the config names none; another by `args: ["--auth-type", "anthropic"]`. */
const AUTH = 'openai';

/** Qwen Code, headless. The protocol of its provider decides which variables name key, address and model. */
export const qwen: Driver = (call, agent, { key }) => {
  const [program = 'qwen', ...before] = agent.command ?? ['qwen'];
  const args = agent.args ?? [];
  const at = args.indexOf('--auth-type');
  const routed = key !== undefined || agent.baseUrl !== undefined;
  const names = (at < 0 ? AUTH : (args[at + 1] ?? AUTH)).toUpperCase();
  const command = [
    program,
    ...before,
    ...(routed && at < 0 ? ['--auth-type', AUTH] : []),
    ...['--approval-mode', 'yolo', '-o', 'stream-json'],
    ...(call.purpose === 'review' ? ['--exclude-tools', 'write_file', '--exclude-tools', 'edit'] : []),
    ...(agent.model ? ['-m', agent.model] : []),
    ...args,
  ];
  const env = {
    // Without this it starts itself a second time, and that one outlives a signal to the first.
    QWEN_CODE_NO_RELAUNCH: 'true',
    QWEN_CODE_SUPPRESS_YOLO_WARNING: '1',
    ...(key ? { [`${names}_API_KEY`]: key } : {}),
    ...(agent.baseUrl ? { [`${names}_BASE_URL`]: agent.baseUrl } : {}),
    ...(routed && agent.model ? { [`${names}_MODEL`]: agent.model } : {}),
  };
  return { command, env, input: call.prompt, reader: qwenReader() };
};

/** Reads `-o stream-json`, which looks like Claude Code's; what its numbers mean is another thing. */
export function qwenReader(): Reader {
  let session: string | undefined;
  let result: Loose | undefined;
  const turns = new Map<string, Usage>();
  return {
    line(line, stream) {
      const event = eventOf(line, stream);
      if (!event) return undefined;
      if (typeof event['session_id'] === 'string') session = event['session_id'];
      if (event['type'] === 'result') result = event;
      if (event['type'] !== 'assistant') return undefined;
      const message = loose(event['message']);
      turns.set(text(message['id']), tokens(loose(message['usage'])));
      const words = wordsOf(message['content']);
      return { usage: [...turns.values()].reduce(addUsage, NO_USAGE), ...(words ? { text: words } : {}) };
    },
    result(code) {
      const good = code === 0 && result?.['is_error'] === false && result['subtype'] === 'success';
      const why =
        text(loose(result?.['error'])['message']) || text(result?.['subtype']) || `no result line (exit ${code})`;
      return {
        text: text(result?.['result']),
        usage: result ? tokens(loose(result['usage'])) : [...turns.values()].reduce(addUsage, NO_USAGE),
        wellFormed: good,
        ...(good ? {} : { problem: (why === 'success' ? `exit ${code}` : why).slice(0, 500) }),
        ...(session ? { session } : {}),
      };
    },
  };
}

const tokens = (usage: Loose): Usage =>
  usageWithin(number(usage['input_tokens']), number(usage['cache_read_input_tokens']), number(usage['output_tokens']));
