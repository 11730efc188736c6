import type { Losses } from "./losses.js";
import type { Ambient } from "./ambient.js";
import type { ResultRecord } from "./result-backend.js";
import type { TransportError } from "./errors.js";

/**
 * What a broker must read of a message. `body` is opaque to it: the header that workers read and the arguments
 * (wire/message.ts). A body never changes while it travels.
 */
export interface Envelope {
  /** 1 to 36 ASCII characters; sending the same id twice is safe where `caps.dedupe` says so. */
  readonly id: string;
  readonly queue: string;
  /** 0 to 9, 9 first. */
  readonly priority: number;
  /** Not before this time, epoch milliseconds, by the broker's clock. */
  readonly eta?: number | undefined;
  /** Not after this time, epoch milliseconds; checked by workers. */
  readonly expires?: number | undefined;
  /** Where the caller listens for its result (`ResultBackend.address`). */
  readonly replyTo?: string | undefined;
  readonly body: Uint8Array;
}

/** A message that this process owns until it is settled or `lost` aborts. The transport renews the lease itself. */
export interface Delivery {
  readonly envelope: Envelope;
  /** How many owners of this message died before. */
  readonly redeliveries: number;
  /** Aborts when the message is no longer ours; created on first use. */
  readonly lost: AbortSignal;
  /** The transport's own. */
  readonly token: unknown;
}

/** What becomes of a delivery. */
export type Settlement = { readonly delivery: Delivery } & (
  | { readonly to: "done" }
  /** Put `next` in its place (same id), atomically where `caps.atomicRetry`. */
  | { readonly to: "retry"; readonly next: Envelope }
  /** Hand it back to the front of its queue; counts as neither retry nor redelivery. */
  | { readonly to: "release" }
  | { readonly to: "dead"; readonly reason: string }
);

export type SendOutcome = "stored" | "duplicate" | TransportError;
/** `lost`: the message was not ours any more; nothing was changed. */
export type SettleOutcome = "ok" | "lost" | TransportError;

export interface TransportCaps {
  /** What survives which failure, in words for the worker's banner: `this process`, `process crash`, `power loss`. */
  readonly durability: string;
  /** The same failure by failure, where the transport knows. */
  readonly losses?: Losses | undefined;
  readonly atomicRetry: boolean;
  /** A second send of a known id is recognised while its message or its result is stored. */
  readonly dedupe: boolean;
  readonly delay: { readonly unitMs: number; readonly maxMs: number };
  /** How many priorities are told apart. */
  readonly priorities: number;
  readonly exactRedeliveries: boolean;
  /** The largest body in bytes. */
  readonly maxBytes: number;
}

export interface TransportEvents {
  readonly state: (state: "up" | "down" | "blocked", reason?: string) => void;
  /** Something failed that no pending call can report. */
  readonly error: (error: Error) => void;
}

export interface QueueSpec {
  readonly name: string;
}

/** A time-out as a signal: aborted when the wait is over. */
export type Deadline = AbortSignal;

export interface Subscription {
  /** The largest number of deliveries owned at once, from now on. */
  credit(n: number): void;
  /** No new deliveries; those owned stay owned. Resolves when none can arrive any more. */
  stop(): Promise<void>;
}

/** Stops listening. */
export type Unlisten = () => Promise<void>;

/**
 * Moves owned, opaque messages; knows nothing of tasks. Every method takes or gives batches; outcomes are in the order of
 * the batch. Optional powers are separate interfaces (`Fusing`, `Inspect`), discovered, never required.
 */
export interface Transport {
  readonly caps: TransportCaps;
  /** Where it leads, without credentials: for banners and messages. */
  readonly location: string;
  start(on: TransportEvents): Promise<void>;
  declare(queues: readonly QueueSpec[]): Promise<void>;
  send(batch: readonly Envelope[], deadline: Deadline): Promise<readonly SendOutcome[]>;
  /** Pushes at most `credit` unsettled deliveries; `onBatch` must return at once. */
  consume(queue: string, credit: number, onBatch: (batch: readonly Delivery[]) => void): Promise<Subscription>;
  settle(batch: readonly Settlement[]): Promise<readonly SettleOutcome[]>;
  /** At most once: control and events. */
  broadcast(topic: string, message: Uint8Array): Promise<void>;
  listen(topic: string, onMessage: (message: Uint8Array) => void): Promise<Unlisten>;
  /** Never hangs: returns when all is closed or the deadline is over. Closing twice is safe. */
  close(deadline: Deadline): Promise<void>;
}

/** What `openTransport` hands to a transport. */
export interface OpenOptions {
  readonly url: URL;
  /** Separates two services on one broker. */
  readonly prefix: string;
  readonly ambient: Ambient;
  /** A worker's lease; how long a dead one stays unnoticed. */
  readonly leaseMs: number;
  /** How often the lease is renewed. */
  readonly heartbeatMs: number;
  /** Seals the records that a result backend makes itself, in place of one that it cannot store. */
  readonly seal?: ((record: ResultRecord) => ResultRecord) | undefined;
}
