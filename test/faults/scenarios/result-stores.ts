import { setTimeout as delay } from "node:timers/promises";
import { withClient } from "../../support/redis-cluster.js";
import type { Cell, Fault, Run, Scenario } from "../fault.js";
import type { Fleet } from "../fleet.js";
import { begunAnew, loaded, waiting } from "../loads.js";
import { type Place, places } from "../places.js";
import { withPostgresResults, withRedisResults } from "../places-with-results.js";

const ONE_PROCESS = { none: "results are in the process itself, and end with it" };
const OUTAGE_MS = 8_000;
/** n.b. each of the two workers owns 2,000 at most */
const MORE_THAN_OWNED = 5_000;

/** Calls go on, and workers own what they ran until its result is stored: the rest waits in the broker. */
const away =
  (what: string, begin: (fleet: Fleet) => Promise<void>, end: (fleet: Fleet) => Promise<void>): Scenario =>
  async (fleet) => {
    const producer = await fleet.producer();
    const goOn = await loaded(fleet, { takesMs: 20 });
    await fleet.fault(what, async () => {
      await begin(fleet);
      await producer.call({ task: "work", args: [0] }, MORE_THAN_OWNED);
      await delay(OUTAGE_MS);
      if (waiting(fleet) === 0) throw new Error("whatever was sent ran: nothing held it back");
      await end(fleet);
    });
    await goOn();
  };

const killed = away(
  "the results are down",
  ({ store }) => store.kill(),
  ({ store }) => store.restart(),
);

const stopped = away(
  "the results stand still",
  ({ store }) => store.suspend(),
  async ({ store }) => store.resume(),
);

const fill = (bytes: string) => (fleet: Fleet) =>
  withClient(fleet.store, async (client) => void (await client.config("SET", "maxmemory", bytes)));

const full = away("the memory of the results is full", fill("1"), fill("0"));

/** Three times in a row. */
const killedAgainAndAgain: Scenario = async (fleet) => {
  const goOn = await loaded(fleet, { takesMs: 20 });
  for (let i = 0; i < 3; i++) {
    await fleet.fault("the results are killed", async () => {
      await fleet.store.kill();
      await fleet.store.restart();
    });
    await begunAnew(fleet);
  }
  await goOn();
};

/** The network of a caller is gone while its tasks end. */
const callerAway: Scenario = async (fleet) => {
  const { proxy, url } = await fleet.network();
  const producer = await fleet.producer({ broker: url });
  await fleet.workers(2);
  await producer.call({ task: "work", args: [1_000] }, 40);
  await fleet.started(10);
  await fleet.fault("the caller is cut off", async () => {
    proxy.reset();
    proxy.blackhole();
    const ends = (): number => fleet.history().filter(({ kind }) => kind === "end").length;
    await fleet.until("the end of all tasks", () => ends() >= 40);
    proxy.heal();
    proxy.reset();
  });
};

const inAll = (
  names: readonly ("sqlite" | "redis" | "amqp")[],
  to: (place: Place) => Place,
  run: Run,
): Fault["cells"] => {
  const cellOf = (name: "sqlite" | "redis" | "amqp"): Cell =>
    names.includes(name)
      ? { ...run, place: to(places[name]) }
      : { none: "the store is the same: see the other columns" };
  return { memory: ONE_PROCESS, sqlite: cellOf("sqlite"), redis: cellOf("redis"), amqp: cellOf("amqp") };
};

const GOES_ON =
  "workers keep what has ended until its result is stored, take no more than they may own, and go on by themselves; nothing is acknowledged without its result";

const ALL = ["sqlite", "redis", "amqp"] as const;

export const resultStores: readonly Fault[] = [
  {
    id: "F30",
    title: "results in a Redis that is down for 8 s, while the broker is up",
    expected: GOES_ON,
    cells: inAll(ALL, withRedisResults, { run: killed, silent: true, boundMs: 5_000, timeoutMs: 280_000 }),
  },
  {
    id: "F30b",
    title: "results in a Postgres that is down for 8 s, while the broker is up",
    expected: GOES_ON,
    cells: inAll(ALL, withPostgresResults, { run: killed, silent: true, boundMs: 5_000, timeoutMs: 280_000 }),
  },
  {
    id: "F30c",
    title: "results in a Redis that stands still for 8 s (SIGSTOP)",
    expected: GOES_ON,
    cells: inAll(["sqlite", "amqp"], withRedisResults, {
      run: stopped,
      silent: true,
      boundMs: 5_000,
      timeoutMs: 280_000,
    }),
  },
  {
    id: "F30d",
    title: "results in a Postgres that stands still for 8 s (SIGSTOP)",
    expected: GOES_ON,
    cells: inAll(["amqp"], withPostgresResults, { run: stopped, silent: true, boundMs: 5_000, timeoutMs: 280_000 }),
  },
  {
    id: "F30e",
    title: "results in a Redis that is killed and started again three times under load",
    expected: "nothing is lost; callers and workers go on by themselves",
    cells: inAll(["sqlite", "amqp"], withRedisResults, { run: killedAgainAndAgain, silent: true, boundMs: 5_000 }),
  },
  {
    id: "F30g",
    title: "results in a Redis whose memory is full for 8 s, while the broker is up",
    expected: GOES_ON,
    cells: inAll(["sqlite", "amqp"], withRedisResults, { run: full, silent: true, boundMs: 5_000, timeoutMs: 280_000 }),
  },
  {
    id: "F30f",
    title: "the caller's network is gone while its tasks end",
    expected: "it is told of all results once it is connected again",
    cells: {
      memory: ONE_PROCESS,
      sqlite: { none: "there is no network" },
      redis: { run: callerAway, silent: true, boundMs: 5_000 },
      amqp: { run: callerAway, silent: true, boundMs: 5_000 },
    },
  },
];
