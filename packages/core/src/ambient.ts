import { createId } from "./id.js";
import { setAlarm } from "./timer.js";

/**
 * What the engine takes from outside itself: time, alarms, randomness, ids, and named places where a test may make it fail.
 * Each can be given to `createApp`, so that a test needs neither waiting nor luck.
 */
export interface Ambient {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Calls `ring` once after so many milliseconds, also when these are more than a timer takes; returns what prevents it. */
  readonly setAlarm: (ring: () => void, ms: number) => () => void;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** A new task id: unique, at most 36 ASCII characters. */
  readonly createId: () => string;
  /**
   * Called at named places of a transport; a test throws, exits or stands still here. Does nothing by default.
   *
   * | name | place |
   * | --- | --- |
   * | `send.before` | a batch of messages is about to be sent |
   * | `send.after` | the broker has answered; its callers do not know yet |
   * | `fetch.after` | the broker has given a batch of messages, which nobody has been told of yet |
   * | `settle.before` | deliveries are about to be settled; their results are stored, unless that is done in one step |
   * | `settle.between` | where it is not one step: the copy of a message is there, and the original too |
   * | `settle.after` | the broker has settled them; who asked for it does not know yet |
   */
  readonly failpoint: (name: string) => void;
}

export const defaultAmbient: Ambient = {
  now: Date.now,
  setAlarm,
  random: Math.random,
  createId,
  failpoint: () => {},
};
