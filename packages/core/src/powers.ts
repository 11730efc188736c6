import type { ResultBackend, ResultRecord } from "./result-backend.js";
import type { Envelope, SettleOutcome, Settlement, Transport } from "./transport.js";

/** One delivery's end: its settlement and, unless the result is ignored, its record. */
export interface Finish {
  readonly settlement: Settlement;
  readonly record?: ResultRecord | undefined;
}

/** Result and settlement in one transaction: a lost delivery stores nothing. */
export interface Fused {
  finish(batch: readonly Finish[]): Promise<readonly SettleOutcome[]>;
}

/** Optional power of a transport: it can fuse with a backend that lives in the same store. */
export interface Fusing {
  fuse(results: ResultBackend): Fused | undefined;
}

export function canFuse(transport: Transport): transport is Transport & Fusing {
  return "fuse" in transport;
}

/** A wait for a record that can be given up. */
export interface Expectation {
  readonly record: Promise<ResultRecord>;
  /** The record will not come; `record` rejects with the reason. */
  readonly cancel: (reason: unknown) => void;
}

/** Optional power of a result backend: a wait that is begun before the call is sent travels with it. */
export interface Expecting {
  expect(id: string): Expectation;
}

export function canExpect(results: ResultBackend): results is ResultBackend & Expecting {
  return "expect" in results;
}

/** Optional power of a result backend: to wait for many records at once, at the price of little more than their ids. */
export interface Collecting {
  /**
   * Tells each record of these ids, all different, as soon as it is there; resolves with the last one. Rejects with what `told`
   * throws, with the signal's reason, or as `wait` does.
   */
  collect(ids: readonly string[], told: (record: ResultRecord) => void, signal?: AbortSignal): Promise<void>;
}

export function canCollect(results: ResultBackend): results is ResultBackend & Collecting {
  return "collect" in results;
}

/** n.b. `canRevoke` is there too: a client loads this file before it revokes anything. */
export type { Revocation, Revoking } from "./revoking.js";

/** How many messages of one queue are where. */
export interface QueueDepth {
  readonly queue: string;
  readonly waiting: number;
  readonly delayed: number;
  readonly owned: number;
  readonly dead: number;
  /** Workers that take from it now. RabbitMQ counts one that was granted more in the meantime as several. */
  readonly consumers: number;
}

export interface DeadLetter {
  readonly envelope: Envelope;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Optional power of a transport: to tell what it holds. */
export interface Inspect {
  depths(): Promise<readonly QueueDepth[]>;
  dead(queue: string, limit: number): Promise<readonly DeadLetter[]>;
  /** Removes the dead letters of these ids; returns how many there were. */
  removeDead(queue: string, ids: readonly string[]): Promise<number>;
  /** Removes the waiting and delayed messages of a queue; returns how many. */
  purge(queue: string): Promise<number>;
}

export function canInspect(transport: Transport): transport is Transport & Inspect {
  return "depths" in transport;
}
