import type { SendOptions } from "../define/retry-policy.js";
import { milliseconds } from "../duration.js";
import { ConfigError } from "../errors.js";

/** `SendOptions` in numbers. */
export interface SendPolicy {
  /** How long a call may wait for the broker. */
  readonly timeoutMs: number;
  /** Does not wait for a broker that cannot be reached. */
  readonly failFast: boolean;
  /** How often a send is tried again on a live connection, in milliseconds. */
  readonly maxRetries: number;
  readonly intervalStartMs: number;
  readonly intervalStepMs: number;
  readonly intervalMaxMs: number;
}

const DEFAULTS = {
  retry: true,
  publishTimeout: "30s",
  retryPolicy: { maxRetries: 3, intervalStart: "0ms", intervalStep: "200ms", intervalMax: "1s" },
} as const satisfies SendOptions;

/** The policy of an app or, with `base`, of a call of it. */
export function sendPolicy(given: SendOptions, base: SendOptions = {}): SendPolicy {
  const retry = given.retry ?? base.retry ?? DEFAULTS.retry;
  const policy = { ...DEFAULTS.retryPolicy, ...base.retryPolicy, ...given.retryPolicy };
  return {
    timeoutMs: milliseconds(given.publishTimeout ?? base.publishTimeout ?? DEFAULTS.publishTimeout),
    failFast: !retry,
    maxRetries: retry ? checkRetries(policy.maxRetries) : 0,
    intervalStartMs: milliseconds(policy.intervalStart),
    intervalStepMs: milliseconds(policy.intervalStep),
    intervalMaxMs: milliseconds(policy.intervalMax),
  };
}

function checkRetries(maxRetries: number | null): number {
  if (maxRetries === null) return Infinity;
  if (Number.isSafeInteger(maxRetries) && maxRetries >= 0) return maxRetries;
  throw new ConfigError(
    "OPTION_INVALID",
    `retryPolicy.maxRetries is ${maxRetries}; it must be a whole number, or null for no limit`,
  );
}
