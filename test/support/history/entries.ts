import type { ProgressEntry, RegisterEntry, RoomEntry, StreamEntry } from "./power-entries.js";

/** A call as its caller made it, and what its outcome may be. */
export interface CallEntry {
  readonly kind: "call";
  readonly id: string;
  readonly task: string;
  readonly by: string;
  /** It runs at most once for each retry. */
  readonly early: boolean;
  readonly maxRetries: number;
  readonly ignoreResult: boolean;
  /** That of its limit; none: it has no such limit. */
  readonly key?: string | undefined;
  /** How many it yields in all. */
  readonly items?: number | undefined;
  /** Others of the same key within this time are not sent. */
  readonly sameAs?: string | undefined;
  readonly sameForMs?: number | undefined;
  /** Not before this time. */
  readonly eta?: number | undefined;
  /** Not from this time on. */
  readonly expires?: number | undefined;
}

/** What became of sending it. `certain`: it was certainly not enqueued. `unknown`: it may have been. */
export interface SentEntry {
  readonly kind: "sent";
  readonly id: string;
  readonly how: "ok" | "certain" | "unknown";
}

/** A task begins to run in a worker. */
export interface StartEntry {
  readonly kind: "start";
  readonly id: string;
  readonly by: string;
  /** The number of this run, unique in its history. */
  readonly run: number;
  readonly retries: number;
  readonly redeliveries: number;
  /** How many calls run together. */
  readonly together?: number | undefined;
  /** The process and the thread that run it. */
  readonly where?: string | undefined;
}

/** A run is over: it returned a value, or threw. */
export interface EndEntry {
  readonly kind: "end";
  readonly id: string;
  readonly by: string;
  readonly run: number;
  readonly value?: string | undefined;
  readonly threw?: string | undefined;
}

/** A worker learns that a delivery is no longer its own. */
export interface LostEntry {
  readonly kind: "lost";
  readonly id: string;
  readonly by: string;
}

/** What a reader was told that a call came to. */
export interface OutcomeEntry {
  readonly kind: "outcome";
  readonly id: string;
  readonly by: string;
  /** `UNKNOWN`: it was not told. */
  readonly state: string;
  /** The value, or the code or name of the error. */
  readonly value: string;
}

/** Whether a reader learned how the call ended. n.b. a reply that was lost with its queue is told as that. */
export const isTold = ({ state, value }: Pick<OutcomeEntry, "state" | "value">): boolean =>
  state !== "UNKNOWN" || value === "RESULT_LOST";

/** Somebody waits for an outcome without a time-out. */
export interface WaitEntry {
  readonly kind: "wait";
  readonly id: string;
  readonly by: string;
}

/** A revocation that is asked for, or that was told to all. */
export interface RevokeEntry {
  readonly kind: "revoke";
  readonly id: string;
  readonly by: string;
  readonly done: boolean;
}

/** A step in the life of a process. `clean`: a stop that handed back or finished everything. */
export interface ProcessEntry {
  readonly kind: "process";
  readonly by: string;
  readonly what: "starts" | "runs" | "stops" | "stopped" | "crashed" | "left";
  readonly clean?: boolean | undefined;
}

/** A disturbance that was made on purpose. */
export interface FaultEntry {
  readonly kind: "fault";
  readonly by: string;
  readonly what: string;
}

/** What a broker that tells everything tells: the copies of a message, who owned them, and how that ended. */
export type BrokerEntry =
  | { readonly kind: "enqueued"; readonly id: string; readonly message: number; readonly eta?: number | undefined }
  | {
      readonly kind: "claimed";
      readonly id: string;
      readonly message: number;
      readonly claim: number;
      readonly by: string;
      readonly redeliveries: number;
    }
  | { readonly kind: "settled"; readonly id: string; readonly claim: number; readonly by: string; readonly to: string }
  /** Its owner is taken for dead. */
  | { readonly kind: "expired"; readonly id: string; readonly claim: number; readonly by: string }
  /** A terminal record arrived; only the first is `stored`. */
  | { readonly kind: "record"; readonly id: string; readonly state: string; readonly outcome: "stored" | "exists" }
  /** A worker looked whether a delivery that it owns has ended already. */
  | {
      readonly kind: "looked";
      readonly id: string;
      readonly by: string;
      readonly found: "record" | "nothing" | "failed";
    };

/** From now on nothing is disturbed any more, and everything comes to its end. */
export interface CalmEntry {
  readonly kind: "calm";
}

/** What the broker holds at the very end. */
export interface RestEntry {
  readonly kind: "rest";
  readonly waiting: number;
  readonly delayed: number;
  readonly owned: number;
  /** Messages that wait for their limits. */
  readonly held?: number;
}

export type HistoryEntry =
  | CallEntry
  | SentEntry
  | StartEntry
  | EndEntry
  | LostEntry
  | OutcomeEntry
  | WaitEntry
  | RevokeEntry
  | ProcessEntry
  | FaultEntry
  | CalmEntry
  | RestEntry
  | BrokerEntry
  | RoomEntry
  | RegisterEntry
  | ProgressEntry
  | StreamEntry;

/** An entry with its time, in milliseconds. */
export type TimedEntry = HistoryEntry & { readonly at: number };

const FIRST = ["at", "kind", "by", "id"];

/** One line for a reader; the same entry gives the same line. */
export function lineOf(entry: TimedEntry, startMs = 0): string {
  const { at, kind, by = "-", id = "" } = entry as TimedEntry & { readonly by?: string; readonly id?: string };
  const rest = Object.entries(entry)
    .filter(([name, value]) => !FIRST.includes(name) && value !== undefined)
    .map(([name, value]) => `${name}=${String(value)}`);
  const time = ((at - startMs) / 1000).toFixed(3).padStart(9);
  return [time, by.padEnd(4), kind.padEnd(8), id.padEnd(4), ...rest].join(" ").trimEnd();
}

/** All that happened, in order. */
export class History {
  readonly entries: TimedEntry[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(entry: HistoryEntry): void {
    this.entries.push({ at: this.#now(), ...entry });
  }

  lines(startMs = 0): string[] {
    return this.entries.map((entry) => lineOf(entry, startMs));
  }
}
