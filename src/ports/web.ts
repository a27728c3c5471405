export type Posted =
  | { readonly outcome: 'taken' }
  /** `again` where another try may do; the words name no address, for that may be a secret. */
  | { readonly outcome: 'failed'; readonly why: string; readonly again: boolean };

/** The one way gwt itself speaks to an address somewhere else. */
export interface Web {
  /** Sends JSON; waits so long for the answer. Redirects are not followed: what was sent is meant for that address alone. */
  post(url: string, body: string, ms: number): Promise<Posted>;
}
