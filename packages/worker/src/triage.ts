import { milliseconds, type RemoteError } from "@taskgen/core";
import {
  backoffDelay,
  decodeMessage,
  MESSAGE_VERSION,
  sealOf,
  toRemoteError,
  type Delivery,
  type Descent,
  type Header,
  type Sealer,
} from "@taskgen/core/internal";
import type { BrokerClock } from "./broker-clock.js";
import { expired } from "./expired.js";
import type { Job, PlainTaskOptions } from "./pool/pool.js";
import { openEnd } from "./sealing.js";
import type { Verdict } from "./verdict.js";

/** A job with the delivery it came from. */
export interface OwnedJob extends Job {
  readonly delivery: Delivery;
  readonly header: Header;
  /** The caller wants no result. */
  readonly ignoreResult: boolean;
  /** The task stores no value; a caller that does not know it is told so. */
  readonly ignoresValue: boolean;
  /** The task declares a channel for its progress. */
  readonly reports: boolean;
}

/** What a worker does with a delivery, decided from its header alone. */
export type Triage =
  | { readonly kind: "run"; readonly job: OwnedJob }
  /** It ends here, without running. */
  | {
      readonly kind: "end";
      readonly task: string;
      readonly verdict: Verdict;
      /** Who ended it has told of it. */
      readonly isTold?: true;
    }
  /** It waits for a worker that knows it. */
  | { readonly kind: "park"; readonly header: Header; readonly delayMs: number; readonly reason: string };

/** How long a message waits for a worker that knows its task: with the defaults about ten minutes. */
export interface ParkingPolicy {
  readonly maxParks: number;
  readonly factorMs: number;
  readonly maxMs: number;
}

/** What triage must know of its worker. */
export interface TriageOptions {
  readonly tasks: Readonly<Record<string, PlainTaskOptions>>;
  readonly maxRedeliveries: number;
  readonly parking: ParkingPolicy;
  readonly clock: Pick<BrokerClock, "now" | "local">;
  /** The end of a task that is revoked. */
  readonly revoked: (id: string, descent: Descent) => Verdict | undefined;
  /** Opens what workers say of how it ended, where the app has keys. */
  readonly sealer?: Sealer | undefined;
}

export function triage(delivery: Delivery, options: TriageOptions): Triage {
  let message;
  try {
    message = decodeMessage(delivery.envelope.body);
  } catch (error) {
    return { kind: "end", task: "?", verdict: { kind: "reject", error: toRemoteError(error) } };
  }
  const { header, args } = message;
  // n.b. the fields of another version may be anything
  const revoked = options.revoked(delivery.envelope.id, header.v === MESSAGE_VERSION ? header : UNKNOWN);
  if (revoked !== undefined) return { kind: "end", task: header.task, verdict: revoked };
  if (header.v !== MESSAGE_VERSION) return park(header, `message version ${header.v} is unknown`, options.parking);
  const ended = header.ended && openEnd(options.sealer, delivery.envelope.id, header.ended);
  if (ended !== undefined) return { kind: "end", task: header.task, verdict: ended, isTold: true };
  const task = Object.hasOwn(options.tasks, header.task) ? options.tasks[header.task] : undefined;
  if (task === undefined) return park(header, `task ${header.task} is not registered in this worker`, options.parking);
  const verdict = verdictBeforeRun(delivery, header, options);
  if (verdict !== undefined) return { kind: "end", task: header.task, verdict };
  return { kind: "run", job: createJob(delivery, header, args, task, options) };
}

function park(header: Header, reason: string, { maxParks, factorMs, maxMs }: ParkingPolicy): Triage {
  const parked = header.parked ?? 0;
  if (parked >= maxParks) {
    const error: RemoteError = {
      name: "UnknownTask",
      code: "UNKNOWN_TASK",
      message: `${reason}; given up after ${parked} tries`,
    };
    return { kind: "end", task: header.task, verdict: { kind: "reject", error } };
  }
  const delayMs = backoffDelay(parked, { factorMs, maxMs, jitter: false });
  return { kind: "park", header: { ...header, parked: parked + 1 }, delayMs, reason };
}

function verdictBeforeRun(delivery: Delivery, header: Header, options: TriageOptions): Verdict | undefined {
  const redeliveries = deaths(delivery, header);
  const late = expired(delivery.envelope.expires, options.clock.now());
  if (late !== undefined || redeliveries <= options.maxRedeliveries) return late;
  const message = `${redeliveries} workers died with it`;
  return { kind: "worker-lost", error: { name: "WorkerLost", code: "WORKER_LOST", message } };
}

const deaths = ({ redeliveries }: Delivery, header: Header): number => redeliveries + (header.redeliveries ?? 0);

function createJob(
  delivery: Delivery,
  header: Header,
  args: Uint8Array,
  task: PlainTaskOptions,
  { maxRedeliveries, clock }: TriageOptions,
): OwnedJob {
  const { expires } = delivery.envelope;
  return {
    id: delivery.envelope.id,
    task: header.task,
    retries: header.retries ?? 0,
    redeliveries: deaths(delivery, header),
    maxRedeliveries,
    rootId: header.rootId ?? delivery.envelope.id,
    parentId: header.parentId,
    ancestors: header.ancestors ?? NO_ANCESTORS,
    headers: header.headers ?? NO_HEADERS,
    args,
    seal: sealOf(delivery.envelope, header),
    contract: header.hash,
    expires: expires && clock.local(expires),
    timeLimitMs: header.timeLimit ?? (task.timeLimit && milliseconds(task.timeLimit)),
    softTimeLimitMs: header.softTimeLimit ?? (task.softTimeLimit && milliseconds(task.softTimeLimit)),
    early: task.ack === "early",
    isolate: task.isolate === true,
    trackStarted: task.trackStarted === true,
    storesNothing: header.ignoreResult ?? task.ignoreResult === true,
    delivery,
    header,
    ignoreResult: header.ignoreResult === true,
    ignoresValue: header.ignoreResult === undefined && task.ignoreResult === true,
    reports: task.reports === true,
  };
}

const UNKNOWN: Descent = {};
const NO_ANCESTORS: readonly string[] = [];
const NO_HEADERS: Readonly<Record<string, string>> = {};
