import { ConfigError, milliseconds, RetryTask, TaskAborted, type ErrorMatcher, type TaskOptions } from "@taskgen/core";
import { backoffDelay, TASK_DEFAULTS } from "@taskgen/core/internal";

/** A wait before the next run, or why there is none. */
export type RetryDecision =
  { readonly delayMs: number; readonly cause: unknown } | { readonly exhausted: unknown } | undefined;

/**
 * Whether what a task threw means another run, and when. `undefined`: it was no matter of retrying. `exhausted`: it was, but
 * no retry is left; the value is the error to fail with.
 */
export function decideRetry(
  thrown: unknown,
  task: { readonly options: TaskOptions; readonly retries: number },
  ambient: { readonly now: () => number; readonly random: () => number },
): RetryDecision {
  const { options, retries } = task;
  const asked = thrown instanceof RetryTask ? thrown : undefined;
  if (asked === undefined && !matchesAutoretry(thrown, options)) return undefined;
  const cause = asked === undefined ? thrown : asked.cause;
  // n.b. `null` is a limit too: none
  const limits = [asked?.options.maxRetries, options.maxRetries, TASK_DEFAULTS.maxRetries];
  const maxRetries = limits.find((limit) => limit !== undefined)!;
  if (maxRetries !== null && retries >= maxRetries) return { exhausted: cause ?? noRetryLeft(retries) };
  return { delayMs: delayOf(asked, options, retries, ambient), cause: cause ?? thrown };
}

const noRetryLeft = (retries: number): Error =>
  Object.assign(new Error(`the task asked to be retried, and no retry is left after ${retries}`), {
    name: "MaxRetriesExceeded",
    code: "MAX_RETRIES_EXCEEDED",
  });

/** n.b. who stopped the task decides whether it runs again; only a soft limit is its own affair. */
const wasStopped = (thrown: unknown): boolean =>
  thrown instanceof TaskAborted && thrown.code !== "SOFT_TIME_LIMIT_EXCEEDED";

function matchesAutoretry(thrown: unknown, options: TaskOptions): boolean {
  if (wasStopped(thrown)) return false;
  const matches = (matchers: readonly ErrorMatcher[] = []): boolean =>
    matchers.some((matcher) => matchesError(thrown, matcher));
  return matches(options.autoretryFor) && !matches(options.dontAutoretryFor);
}

function matchesError(thrown: unknown, matcher: ErrorMatcher): boolean {
  const isClass = matcher === Error || Error.prototype.isPrototypeOf(matcher.prototype as object);
  return isClass ? thrown instanceof matcher : (matcher as (error: unknown) => boolean)(thrown);
}

function timeOf(eta: Date): number {
  const time = eta.getTime();
  if (!Number.isNaN(time)) return time;
  throw new ConfigError("OPTION_INVALID", "the eta of the retry is an invalid date");
}

function delayOf(
  asked: RetryTask | undefined,
  options: TaskOptions,
  retries: number,
  { now, random }: { readonly now: () => number; readonly random: () => number },
): number {
  if (asked?.options.countdown !== undefined) return milliseconds(asked.options.countdown);
  if (asked?.options.eta !== undefined) return Math.max(0, timeOf(asked.options.eta) - now());
  const { retryBackoff = TASK_DEFAULTS.retryBackoff } = options;
  if (retryBackoff === false) return milliseconds(options.defaultRetryDelay ?? TASK_DEFAULTS.defaultRetryDelay);
  return backoffDelay(
    retries,
    {
      factorMs: retryBackoff === true ? milliseconds("1s") : milliseconds(retryBackoff),
      maxMs: milliseconds(options.retryBackoffMax ?? TASK_DEFAULTS.retryBackoffMax),
      jitter: options.retryJitter ?? TASK_DEFAULTS.retryJitter,
    },
    random,
  );
}
