import type { AgentConfig } from '../../core/config.ts';
import { addUsage, NO_USAGE, type Usage } from '../../core/usage.ts';
import type { Reader, Told } from './driver.ts';
import { asked, eventOf, type Loose, list, loose, number, text } from './jsonl.ts';

/**
 * Reads the event stream of Claude Code (`--output-format stream-json`). Only its result line counts: `subtype` says
 * "success" for errors of the provider too, so a good end is `is_error` false and completed.
 */
export function claudeReader(agent: Pick<AgentConfig, 'baseUrl'>): Reader {
  let session: string | undefined;
  let result: Loose | undefined;
  let rejected: Loose | undefined;
  const turns = new Map<string, Usage>();
  return {
    line(line, stream) {
      const event = eventOf(line, stream);
      if (!event) return undefined;
      if (typeof event['session_id'] === 'string') session = event['session_id'];
      if (event['type'] === 'result') result = event;
      const info = loose(event['rate_limit_info']);
      if (event['type'] === 'rate_limit_event' && info['status'] === 'rejected') rejected = info;
      return told(event, turns);
    },
    result(code) {
      const known = session === undefined ? {} : { session };
      if (!result)
        return { text: '', usage: sum(turns), wellFormed: false, problem: `no result line (exit ${code})`, ...known };
      const ending = text(result['terminal_reason']);
      const good = code === 0 && result['is_error'] === false && (ending === '' || ending === 'completed');
      const limited = good ? undefined : limitOf(result, rejected);
      return {
        text: text(result['result']),
        usage: usageOf(result, agent),
        wellFormed: good,
        ...(good ? {} : { problem: problemOf(result, code) }),
        ...(limited ? { limited } : {}),
        ...known,
      };
    },
  };
}

function told(event: Loose, turns: Map<string, Usage>): Told | undefined {
  if (event['type'] === 'system' && event['subtype'] === 'api_retry')
    return { text: `the provider does not answer (${text(event['error'])}), try ${number(event['attempt'])}` };
  if (event['type'] !== 'assistant') return undefined;
  const message = loose(event['message']);
  const turn = tokens(loose(message['usage']));
  turns.set(text(message['id']), turn);
  // A sub-agent has a context of its own.
  const context = event['parent_tool_use_id'] ? 0 : turn.inputTokens + turn.cacheReadTokens + turn.cacheWriteTokens;
  const words = wordsOf(message['content']);
  const model = text(message['model']);
  // What the CLI says itself, of errors, comes from no model.
  const named = model.startsWith('<') ? '' : model;
  return { usage: sum(turns), ...(words ? { text: words } : {}), ...(named ? { model: named } : {}), context };
}

/** What a person wants to read of a message's parts. */
export const wordsOf = (content: unknown): string => list(content).map(part).filter(Boolean).join(' ');

/** What a person wants to read of one part of a message: words, or which tool is used on what. */
function part(value: unknown): string {
  const { type, name, input, text: words } = loose(value);
  if (type === 'text') return text(words);
  return type === 'tool_use' ? asked(name, input) : '';
}

function tokens(usage: Loose): Usage {
  return {
    inputTokens: number(usage['input_tokens']),
    outputTokens: number(usage['output_tokens']),
    cacheReadTokens: number(usage['cache_read_input_tokens']),
    cacheWriteTokens: number(usage['cache_creation_input_tokens']),
    costUsd: 0,
  };
}

const sum = (turns: ReadonlyMap<string, Usage>): Usage => [...turns.values()].reduce(addUsage, NO_USAGE);

/** For a model of another provider the CLI invents the cost ("costBasis": "unknown"): that is not passed on. */
function usageOf(result: Loose, { baseUrl }: Pick<AgentConfig, 'baseUrl'>): Usage {
  const models = Object.values(loose(result['modelUsage'])).map(loose);
  const known = models.every(({ costBasis }) => costBasis === undefined || costBasis === 'list');
  return { ...tokens(loose(result['usage'])), costUsd: known && !baseUrl ? number(result['total_cost_usd']) : 0 };
}

function problemOf(result: Loose, code: number | null): string {
  const [first] = list(result['errors']);
  const words = text(first) || text(result['result']) || text(result['terminal_reason']) || text(result['subtype']);
  return words.slice(0, 500) || `exit ${code}`;
}

/** A subscription's limit, and when it ends (milliseconds since 1970); a moment's overload is none. */
function limitOf(result: Loose, rejected: Loose | undefined): { until?: number } | undefined {
  const resets = number(rejected?.['resetsAt']);
  if (rejected) return resets > 0 ? { until: resets * 1000 } : {};
  const words = text(result['result']);
  return /hit your .*limit|usage limit reached|(5-hour|session|weekly|daily) limit/i.test(words) ? {} : undefined;
}
