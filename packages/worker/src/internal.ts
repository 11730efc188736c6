/**
 * What taskgen's own packages and tests use besides the public names. No promise of stability.
 * @module
 */
export { eventOf } from "./log-lines.js";
export { ChildPool, type ChildPoolOptions } from "./pool/child-pool.js";
export type { Ended, Job, PlainTaskOptions, Pool, PoolEvents } from "./pool/pool.js";
export type { Verdict } from "./verdict.js";
export { Prefetch } from "./prefetch.js";
export { shareCredit, type Claim } from "./shares.js";
