import type { RefusalCode, RefusalFacts } from '../core/refusal.ts';

/** What went wrong, and what to type next. */
export interface Words {
  readonly message: string;
  readonly hint: string;
}

/** The words for some of the codes. */
export type Wording<C extends RefusalCode> = { readonly [K in C]: (facts: RefusalFacts[K]) => Words };

/** Names in a sentence. */
export const list = (items: readonly string[]): string => (items.length === 0 ? 'none' : items.join(', '));

/** Where it is so, as the end of a sentence. */
export const inPaths = (paths: readonly string[]): string => (paths.length === 0 ? '' : ` in ${paths.join(', ')}`);
