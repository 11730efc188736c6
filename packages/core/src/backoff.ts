/** An exponential back-off in milliseconds. */
export interface Backoff {
  readonly factorMs: number;
  readonly maxMs: number;
  readonly jitter: boolean;
}

/**
 * Milliseconds to wait before the retry after `retries` earlier ones: `min(max, factor * 2 ** retries)`, then full jitter,
 * uniform in [0, that] (Celery's `get_exponential_backoff_interval`; Brooker, "Exponential Backoff And Jitter", 2015).
 *
 * | retries | 0 | 1 | 2 | 3 | … | 9 | 10 |
 * | --- | --- | --- | --- | --- | --- | --- | --- |
 * | factor 1 s, max 10 min, no jitter | 1 s | 2 s | 4 s | 8 s | … | 512 s | 600 s |
 */
export function backoffDelay(retries: number, backoff: Backoff, random: () => number = Math.random): number {
  const delay = Math.min(backoff.maxMs, backoff.factorMs * 2 ** retries);
  return backoff.jitter ? Math.round(delay * random()) : delay;
}
