import type { Duration } from "../duration.js";

/**
 * So many within a second, a minute, an hour or a day, or within a duration: `"100/m"`, `"5/10s"`. As in Celery they are evenly
 * spaced.
 */
export type Rate = `${number}/${"s" | "m" | "h" | "d" | Duration}`;

/**
 * A path into the arguments: the name or the index of a parameter, then names of properties: `"userId"`, `"order.customer.id"`,
 * `"0.tenant"`. The generator checks it against the types and turns names into indexes, so only an index works without it. What
 * it leads to is a text, a number, a truth value or a date.
 */
export type KeyPath = string;

/** A limit for each value of a key, with turns between the keys: many waiting calls of one do not hold up those of another. */
export interface KeyedLimit {
  readonly key: KeyPath;
  /** How many run at once. @default no limit */
  readonly concurrency?: number;
  /** How often they may start. @default no limit */
  readonly rate?: Rate;
}

/** Which calls are the same. */
export interface Dedupe {
  /** @default all arguments together */
  readonly key?: KeyPath;
  /** How long the first one is remembered. @default "1h" */
  readonly ttl?: Duration;
  /**
   * What the others get: `return`: the result of the first, running or stored; `drop`: nothing, they end as IGNORED.
   * @default "return"
   */
  readonly mode?: "drop" | "return";
}

/** When calls follow each other closely. */
export interface Debounce {
  /** @default one for all calls of the task */
  readonly key?: KeyPath;
  /** A call runs when none has followed it for so long; those before it end as IGNORED. */
  readonly wait: Duration;
  /** One runs at the latest so long after the first. @default no limit */
  readonly maxWait?: Duration;
}

/** How often calls may run. */
export interface Throttle {
  /** @default one for all calls of the task */
  readonly key?: KeyPath;
  /** Calls within so long of the first have its result. */
  readonly every: Duration;
}
