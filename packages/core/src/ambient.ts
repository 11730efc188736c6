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
  /** Called at named places of a transport; a test throws or exits here. Does nothing by default. */
  readonly failpoint: (name: string) => void;
}

export const defaultAmbient: Ambient = {
  now: Date.now,
  setAlarm,
  random: Math.random,
  createId,
  failpoint: () => {},
};
