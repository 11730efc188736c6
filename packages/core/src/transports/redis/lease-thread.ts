import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { groupBy } from "./chunks.js";
import { Connection } from "./connection.js";
import type { RedisPlace } from "./place.js";
import { renew } from "./scripts.js";
import type { Session } from "./session.js";

/** The lease thread: the entry of a worker thread that renews leases whatever the main thread does. */
export interface LeaseThreadData {
  readonly place: RedisPlace;
  readonly leaseMs: number;
  readonly heartbeatMs: number;
}

/** The keys of all leases that are to be renewed from now on, by hash tag: those that one script may be given. */
export type LeaseKeys = readonly string[];

/** What a beat found. */
export interface BeatReport {
  /** When it was asked for, in milliseconds by `process.hrtime`, which all threads share. */
  readonly at: number;
  readonly renewed: readonly string[];
  /** Leases that were over. */
  readonly lapsed: readonly string[];
}

const now = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000;

/** n.b. a Cluster runs no script over two queues. */
const slotOf = (key: string, place: RedisPlace): string => (place.cluster ? key.slice(0, key.indexOf("}")) : "");

async function renewAll(session: Session, keys: LeaseKeys, { place, leaseMs }: LeaseThreadData): Promise<BeatReport> {
  const at = now();
  const groups = [...groupBy(keys, (key) => slotOf(key, place)).values()];
  const replies = await Promise.all(groups.map((group) => renewOf(session, group, leaseMs)));
  const answers = replies.flat();
  const all = groups.flat();
  return { at, renewed: all.filter((_, i) => answers[i] === 1), lapsed: all.filter((_, i) => answers[i] !== 1) };
}

async function renewOf(session: Session, keys: LeaseKeys, leaseMs: number): Promise<number[]> {
  if (keys.length === 1) return [(await session.call("pexpire", keys[0]!, leaseMs)) as number];
  return (await session.script(renew, keys, [leaseMs])) as number[];
}

async function main(port: MessagePort, data: LeaseThreadData): Promise<void> {
  const connection = new Connection(data.place, data.heartbeatMs);
  let keys: LeaseKeys = [];
  const beat = (): void => {
    const { session } = connection;
    if (session === undefined || keys.length === 0) return;
    // n.b. a beat that fails is no news: the main thread notices that nobody renews
    renewAll(session, keys, data).then(
      (report) => port.postMessage(report),
      () => {},
    );
  };
  port.on("message", (message: LeaseKeys) => {
    keys = message;
    beat();
  });
  setInterval(beat, data.heartbeatMs);
  await connection.join({ renewed: beat, state: () => {}, error: () => {} }, new AbortController().signal);
}

if (parentPort !== null) await main(parentPort, workerData as LeaseThreadData);
