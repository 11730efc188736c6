/**
 * What taskgen's own packages and tests use besides the public names. No promise of stability.
 * @module
 */
export { eventOf } from "./log-lines.js";
export { ThreadPool, type ThreadPoolOptions } from "./pool/threads.js";
export type { Ended, Job, PlainTaskOptions, Pool, PoolEvents } from "./pool/pool.js";
export type { Verdict } from "./verdict.js";
export { Prefetch } from "./prefetch.js";
export { shareCredit, type Claim } from "./shares.js";
