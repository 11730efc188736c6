import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import { eventually } from "../../support/eventually.js";
import { withClient } from "../../support/redis-cluster.js";
import type { Fault, Scenario } from "../fault.js";
import type { Fleet } from "../fleet.js";
import { redisOnADisk } from "../redis-places.js";
import { fillDisk, freeDisk } from "../redis-disk.js";
import { allAreTold, loaded, sentOf } from "../loads.js";

const REDIS_ONLY = { none: "a fault of Redis" };
const elsewhere = { memory: REDIS_ONLY, sqlite: REDIS_ONLY, amqp: REDIS_ONLY };

const admin = <T>({ server }: Fleet, act: (client: Redis) => Promise<T>): Promise<T> => withClient(server, act);

/** The disk is full for longer than a lease: nothing can be stored, nothing renewed. */
const fullDisk: Scenario = async (fleet) => {
  const goOn = await loaded(fleet, { takesMs: 300 });
  await fleet.fault("the disk of the server is full", async () => {
    await fillDisk(fleet.server);
    await delay(8_000);
    await freeDisk(fleet.server);
  });
  await goOn();
};

/** What is there is worked off while nothing can be added; n.b. to store what was acknowledged early makes no room */
const fullMemory: Scenario = async (fleet) => {
  const goOn = await loaded(fleet, { kinds: ["work", "flaky"] });
  await fleet.fault("the memory of the server is full", async () => {
    await admin(fleet, (client) => client.config("SET", "maxmemory", "1"));
    const isRefused = (): boolean => sentOf(fleet, "certain") > 20;
    await eventually(isRefused, { what: "refused calls", every: 50 });
    await allAreTold(fleet);
    await admin(fleet, (client) => client.config("SET", "maxmemory", "0"));
  });
  await goOn();
};

/** Everything is gone from the server in the middle of it. */
const flushed: Scenario = async (fleet) => {
  const producer = await fleet.producer();
  const [worker] = await fleet.workers(1);
  await producer.call({ task: "work", args: [1_500], waitMs: 20_000 }, 30);
  await fleet.started(10, worker);
  await fleet.fault("everything is removed from the server", () => admin(fleet, (client) => client.flushall()));
  const areLost = (): boolean => fleet.history().filter(({ kind }) => kind === "lost").length >= 10;
  await eventually(areLost, { what: "workers that are told that they lost their tasks", every: 50 });
  await producer.call({ task: "work", args: [5] }, 50);
  await allAreTold(fleet);
};

/** The server dies with all that it had. */
const forgetful: Scenario = async (fleet) => {
  const goOn = await loaded(fleet, { takesMs: 300, waitMs: 30_000 });
  await fleet.fault("the server is killed, and has nothing on its disk", async () => {
    await fleet.server.kill();
    await fleet.server.restart();
  });
  await goOn();
};

export const redisRefusals: readonly Fault[] = [
  {
    id: "F20b",
    title: "the disk with Redis's append-only file is full",
    expected:
      "calls are refused for certain; workers keep what has ended until it can be stored, and go on when there is room",
    cells: { ...elsewhere, redis: { run: fullDisk, place: redisOnADisk, silent: true, boundMs: 5_000 } },
  },
  {
    id: "F21",
    title: "Redis's memory is full",
    expected: "calls are refused for certain with BROKER_FULL; workers go on, and so make room",
    cells: { ...elsewhere, redis: { run: fullMemory, quick: true, silent: true, boundMs: 2_000 } },
  },
  {
    id: "F21b",
    title: "Redis may throw keys away when its memory is full",
    expected: "neither callers nor workers start, unless they are told that this is meant",
    cells: {
      ...elsewhere,
      redis: { tests: { "redis/settings.test.ts": ["refuses a server that may throw tasks away"] } },
    },
  },
  {
    id: "F22",
    title: "FLUSHALL in the middle of work",
    expected:
      "what runs ends as lost, what waited is gone, and who waits for it is told by a time-out alone; new calls work at once",
    cells: {
      ...elsewhere,
      redis: {
        run: flushed,
        silent: true,
        boundMs: 5_000,
        mayLose: "whoever may remove everything from a server removes the tasks too",
      },
    },
  },
  {
    id: "F22b",
    title: "a Redis without persistence is killed and starts again, empty",
    expected: "as with FLUSHALL: workers say at their start that nothing survives this",
    cells: {
      ...elsewhere,
      redis: {
        run: forgetful,
        server: ["--appendonly", "no"],
        silent: true,
        boundMs: 5_000,
        mayLose: "a server that keeps nothing on its disk loses everything",
      },
    },
  },
];
