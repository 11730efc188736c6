import type { TerminalState } from "./state.js";
import type { Deadline, TransportEvents } from "./transport.js";

/** The end of a task. The first one stored for an id is the outcome; later ones change nothing. */
export interface ResultRecord {
  readonly id: string;
  readonly state: TerminalState;
  /** The task's wire name, where the message could be read; for stores that people query, others leave it out. */
  readonly task?: string | undefined;
  /** SUCCESS: the encoded value; otherwise the encoded remote error (wire/outcome.ts). */
  readonly body: Uint8Array;
  /** The caller's address, from its envelope. */
  readonly replyTo?: string | undefined;
  /** How long the record is kept, in milliseconds. */
  readonly ttlMs: number;
}

/** Something that happened to a task before its end: STARTED, RETRY, PROGRESS, custom states, items of a stream. */
export interface ResultEvent {
  readonly id: string;
  readonly state: string;
  readonly body: Uint8Array;
  /** The caller's address, from its envelope. */
  readonly replyTo?: string | undefined;
  readonly ttlMs: number;
}

/** A `ResultEvent` with its place in the id's sequence, counted from 1. */
export interface SequencedEvent extends ResultEvent {
  readonly seq: number;
}

/** How many events of an id are kept: the last ones. */
export const KEPT_EVENTS = 100;

export type PutOutcome = "stored" | "exists";

export interface ResultBackendCaps {
  /** Another process than the caller can read a result. */
  readonly foreignReads: boolean;
  readonly durable: boolean;
}

/** Keeps the first terminal record of each id, and what happened before it. */
export interface ResultBackend {
  readonly caps: ResultBackendCaps;
  /** Where it leads, without credentials: for banners and messages. */
  readonly location: string;
  start(on: TransportEvents): Promise<void>;
  /** What callers put into `Envelope.replyTo`, where results are sent rather than looked up. */
  address?(): string;
  put(batch: readonly ResultRecord[]): Promise<readonly PutOutcome[]>;
  get(ids: readonly string[]): Promise<readonly (ResultRecord | undefined)[]>;
  /**
   * The record of `id` as soon as there is one; rejects with the signal's reason. Checks again after every reconnect.
   * A signal for each wait costs more than the wait itself: without one it ends with the record or with `close`.
   */
  wait(id: string, signal?: AbortSignal): Promise<ResultRecord>;
  /** Removes records and events. */
  forget(ids: readonly string[]): Promise<void>;
  /** Adds events, each with the next number of its id; the last `KEPT_EVENTS` of an id are kept. */
  append(batch: readonly ResultEvent[]): Promise<void>;
  /** The last event of each id. */
  latest(ids: readonly string[]): Promise<readonly (SequencedEvent | undefined)[]>;
  /** Events of `id` after the sequence number `after` (0: all that are kept), as they come, until the signal aborts. */
  watch(id: string, after: number, signal: AbortSignal): AsyncIterable<SequencedEvent>;
  /** Never hangs. Pending waits reject with `RESULT_CLOSED`. Closing twice is safe. */
  close(deadline: Deadline): Promise<void>;
}
