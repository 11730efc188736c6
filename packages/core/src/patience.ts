import { TransportError } from "./errors.js";

const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 1_000;

/** Tries again what cannot be done now, until the signal aborts. */
export async function patiently<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let delay = RETRY_MIN_MS; ; delay = Math.min(RETRY_MAX_MS, delay * 2)) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TransportError && error.retriable) || signal.aborted) throw error;
    }
    await pause(delay, signal);
    signal.throwIfAborted();
  }
}

/** Waits; at most until the signal aborts. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (signal.aborted) done();
    else signal.addEventListener("abort", done, { once: true });
  });
