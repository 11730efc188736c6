import type { Admission, HeldSlot, LimitRules } from "../../limiting.js";
import type { QueueDepth, Revocation } from "../../powers.js";
import type { Swap } from "../../registers.js";
import type { StreamPosition } from "../../streaming.js";
import type { Batch } from "./columns.js";
import type { Failure } from "./failure.js";
import type { Entrants, TurnRows } from "./limits.js";
import type { Location } from "./location.js";
import type { RevocationPage } from "./revocations.js";

/** How a batch of deliveries ends; every list has one item for each delivery. */
export interface SettleColumns {
  readonly owners: readonly number[];
  readonly seqs: readonly number[];
  readonly to: readonly ("done" | "retry" | "release" | "dead")[];
  /** Of those that are dead, in order. */
  readonly reasons: readonly string[];
  /** What takes the place of those that are retried, in order. */
  readonly next: Batch;
  /** Records to store, each with the position of its delivery. */
  readonly recordOf: readonly number[];
  readonly records: Batch;
}

/** What the database thread is started with. */
export interface ThreadData {
  readonly location: Location;
  /** See `Gate`. */
  readonly gate: SharedArrayBuffer;
}

/** What the database thread is asked for: the fields of each request, and its reply. */
export interface Requests {
  open: {
    readonly fields: { readonly prefix: string; readonly leaseMs: number; readonly heartbeatMs: number };
    readonly reply: null;
  };
  leave: { readonly fields: {}; readonly reply: null };
  /** Releases what an owner of a thread that died had. */
  abandon: { readonly fields: { readonly owner: number }; readonly reply: null };
  declare: { readonly fields: { readonly queues: readonly string[] }; readonly reply: null };
  send: { readonly fields: { readonly messages: Batch }; readonly reply: readonly boolean[] };
  settle: { readonly fields: { readonly settlements: SettleColumns }; readonly reply: readonly boolean[] };
  consume: {
    readonly fields: { readonly subscription: number; readonly queue: string; readonly credit: number };
    readonly reply: null;
  };
  credit: { readonly fields: { readonly subscription: number; readonly credit: number }; readonly reply: null };
  stop: { readonly fields: { readonly subscription: number }; readonly reply: null };
  put: { readonly fields: { readonly records: Batch }; readonly reply: readonly boolean[] };
  get: { readonly fields: { readonly ids: readonly string[] }; readonly reply: Batch };
  wait: { readonly fields: { readonly ids: readonly string[] }; readonly reply: null };
  unwait: { readonly fields: { readonly ids: readonly string[] }; readonly reply: null };
  forget: { readonly fields: { readonly ids: readonly string[] }; readonly reply: null };
  append: { readonly fields: { readonly events: Batch }; readonly reply: null };
  mark: { readonly fields: { readonly revocations: readonly Revocation[] }; readonly reply: null };
  marks: { readonly fields: { readonly after: number }; readonly reply: RevocationPage };
  swap: { readonly fields: { readonly swaps: readonly Swap[] }; readonly reply: readonly (string | undefined)[] };
  admit: {
    readonly fields: { readonly room: string; readonly rules: LimitRules; readonly entrants: Entrants };
    readonly reply: readonly Admission[];
  };
  turns: {
    readonly fields: { readonly room: string; readonly rules: LimitRules; readonly max: number };
    readonly reply: TurnRows;
  };
  sent: { readonly fields: { readonly room: string; readonly ids: readonly string[] }; readonly reply: null };
  leaveRoom: {
    readonly fields: { readonly room: string; readonly slots: readonly HeldSlot[] };
    readonly reply: boolean;
  };
  rooms: { readonly fields: {}; readonly reply: readonly string[] };
  renewSlots: { readonly fields: { readonly room: string; readonly slots: readonly HeldSlot[] }; readonly reply: null };
  streamPush: {
    readonly fields: {
      readonly task: string;
      readonly first: number;
      readonly ends: boolean;
      readonly ttl: number;
      readonly items: Batch;
    };
    readonly reply: StreamPosition;
  };
  streamPosition: { readonly fields: { readonly task: string }; readonly reply: StreamPosition };
  /** Acknowledges, and reads. */
  streamPull: { readonly fields: StreamRequest; readonly reply: Batch };
  streamPage: { readonly fields: StreamRequest; readonly reply: Batch };
  latest: { readonly fields: { readonly ids: readonly string[] }; readonly reply: Batch };
  events: { readonly fields: { readonly task: string; readonly after: number }; readonly reply: Batch };
  watch: { readonly fields: { readonly task: string }; readonly reply: null };
  unwatch: { readonly fields: { readonly task: string }; readonly reply: null };
  broadcast: { readonly fields: { readonly topic: string; readonly message: Uint8Array }; readonly reply: null };
  listen: { readonly fields: { readonly topic: string }; readonly reply: null };
  unlisten: { readonly fields: { readonly topic: string }; readonly reply: null };
  depths: { readonly fields: {}; readonly reply: readonly QueueDepth[] };
  dead: { readonly fields: { readonly queue: string; readonly limit: number }; readonly reply: Batch };
  removeDead: { readonly fields: { readonly queue: string; readonly ids: readonly string[] }; readonly reply: number };
  purge: { readonly fields: { readonly queue: string }; readonly reply: number };
  counters: { readonly fields: {}; readonly reply: Counters };
}

/** What a reader of a stream asks for. */
export interface StreamRequest {
  readonly task: string;
  readonly after: number;
  readonly maxItems: number;
  readonly maxBytes: number;
}

export type Op = keyof Requests;

/** A request of one op, or of any. `client` is the transport or result backend that asks. */
export type Request<O extends Op = Op> = {
  [P in O]: { readonly op: P; readonly id: number; readonly client: number; readonly fields: Requests[P]["fields"] };
}[O];

/** The id of requests whose answer nobody waits for. */
export const UNANSWERED = 0;

/** Counts of the database thread since it began. */
export interface Counters {
  /** Transactions that wrote. */
  readonly transactions: number;
  /** Times another process woke this one. */
  readonly wakeUps: number;
}

/** What the thread tells one client unasked. */
export type Push =
  | {
      readonly kind: "delivered";
      readonly client: number;
      readonly subscription: number;
      readonly owner: number;
      readonly batch: Batch;
    }
  | { readonly kind: "lost"; readonly client: number; readonly owner: number }
  | { readonly kind: "results"; readonly client: number; readonly records: Batch }
  | { readonly kind: "events"; readonly client: number; readonly ids: readonly string[] }
  | { readonly kind: "heard"; readonly client: number; readonly topic: string; readonly message: Uint8Array };

export type Reply =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly failure: Failure };

/** One message of the thread. */
export type Report =
  | { readonly kind: "opened" }
  | { readonly kind: "refused"; readonly failure: Failure }
  /** The file was deleted or replaced: what it held is gone, and the thread ends. */
  | { readonly kind: "replaced"; readonly failure: Failure }
  | { readonly kind: "batch"; readonly replies: readonly Reply[]; readonly pushes: readonly Push[] }
  | { readonly kind: "blocked"; readonly failure: Failure }
  | { readonly kind: "unblocked" }
  | { readonly kind: "error"; readonly failure: Failure };

/** Ends the thread when everything before it is done. */
export const SHUT_DOWN = "shut down";
