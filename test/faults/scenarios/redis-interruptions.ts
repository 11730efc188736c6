import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { eventually } from "../../support/eventually.js";
import { withClient } from "../../support/redis-cluster.js";
import type { Cell, Fault, Scenario } from "../fault.js";
import type { Fleet } from "../fleet.js";
import type { Server } from "../places.js";
import { expectAllTaken, loaded } from "../loads.js";

const REDIS_ONLY = { none: "a fault of Redis" };

/** Under load something is done to the server of which nobody is to see anything, but that it takes longer. */
const unseen =
  (what: string, act: (fleet: Fleet) => Promise<unknown>): Scenario =>
  async (fleet) => {
    const goOn = await loaded(fleet, { takesMs: 50 });
    await fleet.fault(what, () => act(fleet));
    await goOn();
    expectAllTaken(fleet);
  };

const admin = <T>({ server }: Fleet, act: (client: Redis) => Promise<T>): Promise<T> => withClient(server, act);

/** One command, so often. */
const repeated =
  (times: number, everyMs: number, ...command: readonly [string, ...string[]]) =>
  (fleet: Fleet): Promise<void> =>
    admin(fleet, async (client) => {
      const [name, ...args] = command;
      for (let i = 0; i < times; i++) await Promise.all([client.call(name, ...args), delay(everyMs)]);
    });

/** Killed, and slow to read what it has on its disk: meanwhile it answers LOADING. */
async function restartSlowly(fleet: Fleet): Promise<void> {
  const { server } = fleet;
  await admin(fleet, async (client) => {
    await client.eval("for i = 1, 3000 do redis.call('SET', 'filler:' .. i, i) end", 0);
    await client.bgrewriteaof();
    const isWritten = async (): Promise<boolean> =>
      /aof_last_rewrite_time_sec:\d/.test(await client.info("persistence"));
    await eventually(isWritten, { what: "a file that begins with a snapshot" });
  });
  await server.kill();
  const restarted = server.restart();
  await eventually(() => isLoading(server), { what: "a server that loads" });
  await restarted;
}

async function isLoading({ port }: Server): Promise<boolean> {
  const client = new Redis({ port, enableReadyCheck: false, retryStrategy: () => null }).on("error", () => {});
  const refusal = await client.get("any").catch((error: Error) => error.message);
  client.disconnect();
  return refusal?.startsWith("LOADING") === true;
}

/** All connections are ended, those for subscriptions too. */
const killAll = async (fleet: Fleet): Promise<void> => {
  for (let i = 0; i < 20; i++) {
    await repeated(1, 75, "CLIENT", "KILL", "TYPE", "normal")(fleet);
    await repeated(1, 75, "CLIENT", "KILL", "TYPE", "pubsub")(fleet);
  }
};

/** n.b. in microseconds for each key of the snapshot that its file begins with, and how often it looks for questions meanwhile */
const SLOW = ["--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024"];

const row = (id: string, title: string, cell: Cell): Fault => ({
  id,
  title,
  expected: "nobody sees anything of it, but that it takes longer: no call is refused or uncertain",
  cells: { memory: REDIS_ONLY, sqlite: REDIS_ONLY, redis: cell, amqp: REDIS_ONLY },
});

export const redisInterruptions: readonly Fault[] = [
  row("F23", "SCRIPT FLUSH, again and again", {
    run: unseen("scripts are forgotten, forty times", repeated(40, 50, "SCRIPT", "FLUSH")),
    silent: true,
    boundMs: 1_000,
  }),
  row("F23b", "Redis starts again, and loads its data for some seconds", {
    run: unseen("the server is killed, and loads for a while", restartSlowly),
    silent: true,
    boundMs: 5_000,
    server: SLOW,
  }),
  row("F23c", "Redis stands still for 3 s (DEBUG SLEEP)", {
    run: unseen("the server sleeps", repeated(1, 0, "DEBUG", "SLEEP", "3")),
    silent: true,
    boundMs: 1_000,
    server: ["--enable-debug-command", "local"],
  }),
  row("F23d", "CLIENT KILL of all connections, again and again", {
    run: unseen("all connections are killed, twenty times", killAll),
    quick: true,
    silent: true,
    boundMs: 2_000,
  }),
  row("F23e", "CLIENT PAUSE for 3 s", {
    run: unseen("the server pauses all clients", async (fleet) => {
      await repeated(1, 3_000, "CLIENT", "PAUSE", "3000", "ALL")(fleet);
    }),
    silent: true,
    boundMs: 1_000,
  }),
];
