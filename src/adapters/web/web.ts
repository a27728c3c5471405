import type { Posted, Web } from '../../ports.ts';

/** Speaks HTTP. Ends when the person wants to stop. */
export function openWeb(stop: AbortSignal): Web {
  return {
    async post(url, body, ms): Promise<Posted> {
      try {
        const answer = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'user-agent': 'gwt' },
          body,
          redirect: 'manual',
          signal: AbortSignal.any([stop, AbortSignal.timeout(ms)]),
        });
        await answer.body?.cancel();
        if (answer.ok) return { outcome: 'taken' };
        return { outcome: 'failed', why: `it answered ${answer.status}`, again: isPassing(answer.status) };
      } catch (error) {
        return { outcome: 'failed', why: reasonOf(error, ms), again: !stop.aborted };
      }
    },
  };
}

/** Too many at once, too slow, or the server's own fault: that may be over in a moment. */
const isPassing = (status: number): boolean => status === 408 || status === 425 || status === 429 || status >= 500;

/** Node's own message names the address, its code does not. */
function reasonOf(error: unknown, ms: number): string {
  const { name, cause } = error as Error & { cause?: { code?: string } };
  if (name === 'TimeoutError') return `no answer within ${Math.round(ms / 1000)} s`;
  return cause?.code ?? name;
}
