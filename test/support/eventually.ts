import { setTimeout as delay } from "node:timers/promises";

/** How long and how often to look. */
export interface EventuallyOptions {
  /** Milliseconds. @default 60_000 */
  readonly within?: number;
  /** Milliseconds between two looks. @default 10 */
  readonly every?: number;
  /** What is waited for, for the message. */
  readonly what?: string;
}

const DEFAULTS = { within: 60_000, every: 10, what: "the condition" } as const satisfies EventuallyOptions;

/**
 * Looks again and again until `probe` gives something other than `undefined` or `false`. Only for facts outside of this
 * process that no event announces: a file, another process, a store's clock.
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<Exclude<T, undefined | false>> {
  const { within, every, what } = { ...DEFAULTS, ...options };
  const end = performance.now() + within;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    if (performance.now() > end) throw new Error(`${what}: not within ${within} ms`);
    await delay(every);
  }
}
