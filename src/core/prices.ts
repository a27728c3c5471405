import type { Usage } from './usage.ts';

/** US dollars for a million tokens of each kind. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** When the list below was put together from the providers' public price pages; `prices` in a config overrides it. */
export const PRICES_OF = '2026-03';

const price = (input: number, output: number, cacheRead: number, cacheWrite = input): Price => ({
  input,
  output,
  cacheRead,
  cacheWrite,
});

/** By the model's own name; what is not here has no known price, rather than a guessed one. Cache writes for 5 minutes. */
export const PRICES: Readonly<Record<string, Price>> = {
  'claude-opus-4-6': price(5, 25, 0.5, 6.25),
  'claude-opus-4-5': price(5, 25, 0.5, 6.25),
  'claude-opus-4-1': price(15, 75, 1.5, 18.75),
  'claude-opus-4': price(15, 75, 1.5, 18.75),
  'claude-sonnet-4-6': price(3, 15, 0.3, 3.75),
  'claude-sonnet-4-5': price(3, 15, 0.3, 3.75),
  'claude-sonnet-4': price(3, 15, 0.3, 3.75),
  'claude-haiku-4-5': price(1, 5, 0.1, 1.25),
  'claude-3-5-haiku': price(0.8, 4, 0.08, 1),
  'gpt-5': price(1.25, 10, 0.125),
  'gpt-5-mini': price(0.25, 2, 0.025),
  'gpt-5-nano': price(0.05, 0.4, 0.005),
  'gpt-4-1': price(2, 8, 0.5),
  'gpt-4-1-mini': price(0.4, 1.6, 0.1),
};

/** What a config says of a model; what it leaves out of a price is that of input tokens. */
export type OwnPrices = Readonly<Record<string, Partial<Price> & Pick<Price, 'input' | 'output'>>>;

/** The price of a model, the config's first; undefined where nobody knows it. */
export function priceOf(model: string, own: OwnPrices): Price | undefined {
  const mine = own[model];
  if (mine) return { cacheRead: mine.input, cacheWrite: mine.input, ...mine };
  const name = plainName(model);
  return Object.hasOwn(PRICES, name) ? PRICES[name] : undefined;
}

/** Without the vendor before it and the date behind it: `anthropic/claude-sonnet-4.5-20250929` is `claude-sonnet-4-5`. */
const plainName = (model: string): string =>
  (model.toLowerCase().split('/').at(-1) ?? '')
    .replaceAll('.', '-')
    .replace(/(?:-\d{8}|-\d{4}-\d\d-\d\d|-latest|@.*)$/, '');

/**
 * The usage with its cost: the CLI's own figure where it gave one, else from the price of the first of the model's names
 * that is known.
 */
export function withCost(usage: Usage, names: readonly (string | undefined)[], own: OwnPrices): Usage {
  if (usage.costUsd > 0) return usage;
  const known = names.map((name) => name && priceOf(name, own)).find((price) => price);
  if (!known) return usage;
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  const [input, output] = [inputTokens * known.input, outputTokens * known.output];
  const cache = cacheReadTokens * known.cacheRead + cacheWriteTokens * known.cacheWrite;
  return { ...usage, costUsd: Math.round(input + output + cache) / 1e6 };
}
