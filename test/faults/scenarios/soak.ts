import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { eventually } from "../../support/eventually.js";
import type { TcpProxy } from "../../support/tcp-proxy.js";
import { type Census, takeCensus } from "../census.js";
import type { Fault, Scenario } from "../fault.js";
import { type Fleet, LEASE_MS } from "../fleet.js";
import type { Part, Producer } from "../fleet-processes.js";
import { ofKind } from "../outcomes.js";

const MINUTES = Number(process.env["TASKGEN_SOAK_MINUTES"] ?? "2");
/** Of the whole, before what is held is looked at for the first time. */
const WARM_UP = 0.25;
const WAVE = 20;
/** n.b. the history of an hour must fit into memory */
const WAVE_EVERY_MS = Math.max(200, MINUTES * 20);
const MIB = 2 ** 20;

/** What runs through a soak. */
interface Soak {
  readonly fleet: Fleet;
  /** None for a broker without a server. */
  readonly proxy: TcpProxy | undefined;
  readonly producer: Producer;
  /** The worker that is never killed. */
  readonly steady: Part;
  readonly startWorker: () => Promise<Part>;
}

const between = (from: number, to: number): number => from + Math.random() * (to - from);

/** One fault after the other, drawn by lot, while calls come. */
async function disturb({ fleet, proxy, producer, startWorker }: Soak, ms: number): Promise<void> {
  const end = Date.now() + ms;
  await producer.load({ task: "work", args: [2] }, WAVE, WAVE_EVERY_MS);
  let victim = await startWorker();
  while (Date.now() < end) {
    await delay(between(500, 3_000));
    const lot = proxy === undefined ? 0 : Math.floor(between(0, 3));
    if (lot === 0) {
      await fleet.kill(victim);
      victim = await startWorker();
    } else if (lot === 1) await fleet.fault("all connections are reset", async () => proxy!.reset());
    else await fleet.fault("a reply is lost", () => loseReply(proxy!));
  }
  await fleet.kill(victim);
  await producer.pause();
  await eventually(() => isSettled(fleet), { what: "everything to be settled", within: 90_000, every: 1_000 });
}

async function loseReply(proxy: TcpProxy): Promise<void> {
  await Promise.race([proxy.dropReplies(), delay(2_000)]);
  proxy.heal();
}

function isSettled(fleet: Fleet): boolean {
  const history = fleet.history();
  return ofKind(history, "outcome").length >= ofKind(history, "wait").length;
}

const census = ({ producer, steady }: Soak): Promise<readonly Census[]> =>
  Promise.all([producer.part, steady].map(takeCensus));

/** A megabyte in ten minutes, and what a heap goes up and down by. */
const allowedHeap = (before: Census): number => before.heapBytes + (4 + MINUTES / 10) * MIB;

const soak: Scenario = async (fleet) => {
  const network = fleet.broker.server === undefined ? undefined : await fleet.network();
  const app = network === undefined ? {} : { broker: network.url };
  const startWorker = (): Promise<Part> => fleet.worker({ app });
  const producer = await fleet.producer(app);
  const all: Soak = { fleet, proxy: network?.proxy, producer, steady: await startWorker(), startWorker };
  const ms = MINUTES * 60_000;
  await disturb(all, ms * WARM_UP);
  const before = await census(all);
  await disturb(all, ms * (1 - WARM_UP));
  const after = await census(all);
  const kept = [...ofKind(fleet.history(), "process")].filter(({ what }) => what === "crashed");
  expect(kept.length).toBeGreaterThanOrEqual(2);
  after.forEach((now, i) => {
    const then = before[i]!;
    expect(now.heapBytes).toBeLessThanOrEqual(allowedHeap(then));
    expect(now.descriptors).toBeLessThanOrEqual(then.descriptors + 2);
    expect(now.timers).toBeLessThanOrEqual(then.timers + 5);
    expect(now.listeners).toBe(then.listeners);
  });
};

const soaked = { run: soak, boundMs: LEASE_MS + 2_000, timeoutMs: (MINUTES + 6) * 60_000 };

export const soaks: readonly Fault[] = [
  {
    id: "F32",
    title: "minutes of load with killed workers, reset connections and lost replies, by lot",
    expected:
      "nothing is lost; heap, file descriptors, timers and listeners of the producer and of a worker that lives through it do not grow. `TASKGEN_SOAK_MINUTES` sets how long, 2 by default",
    cells: {
      memory: { none: "no process of it can die alone, and it has no network" },
      sqlite: soaked,
      redis: soaked,
      amqp: soaked,
    },
  },
];
