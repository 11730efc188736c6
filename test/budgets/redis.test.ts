import { Redis } from "ioredis";
import { describe, it, onTestFinished } from "vitest";
import { expectWithin } from "../support/budget.js";
import { eventually } from "../support/eventually.js";
import { RedisServer } from "../support/redis-server.js";
import { openScene, runMany, runOneByOne, startWorker } from "./scene.js";

const TASKS = 5_000;
const CALLS = 100;
const IDLE_SECONDS = 6;

/** A private server, and one who counts what it does. */
async function start(): Promise<{ readonly url: string; readonly admin: Redis }> {
  const { url, port } = await RedisServer.start();
  const admin = new Redis(port);
  onTestFinished(() => admin.disconnect());
  return { url, admin };
}

/** Commands that ran in the server, those of scripts too; the counting left out. */
async function counted(admin: Redis): Promise<number> {
  const lines = (await admin.info("commandstats")).matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm);
  const calls = [...lines].filter(([, name]) => name !== "info" && name !== "time");
  return calls.reduce((sum, [, , count]) => sum + Number(count), 0);
}

const secondsOf = async (admin: Redis): Promise<number> => {
  const [seconds, microseconds] = await admin.time();
  return Number(seconds) + Number(microseconds) / 1e6;
};

describe("Redis, a producer and a worker process", () => {
  it("take few commands for many tasks", async () => {
    const { url, admin } = await start();
    const scene = await openScene(url);
    await runMany(scene, TASKS);
    const before = await counted(admin);
    await runMany(scene, TASKS);
    const after = await counted(admin);
    expectWithin("redis.task", (after - before) / TASKS);
  }, 90_000);

  it("take few commands for an awaited call", async () => {
    const { url, admin } = await start();
    const scene = await openScene(url);
    await runOneByOne(scene, 1);
    const before = await counted(admin);
    await runOneByOne(scene, CALLS);
    expectWithin("redis.called", ((await counted(admin)) - before) / CALLS);
  }, 60_000);

  it("are quiet while a worker is idle", async () => {
    const { url, admin } = await start();
    await startWorker(url);
    const [since, before] = [await secondsOf(admin), await counted(admin)];
    await eventually(async () => (await secondsOf(admin)) - since > IDLE_SECONDS, { every: 250 });
    const seconds = (await secondsOf(admin)) - since;
    expectWithin("redis.idle", ((await counted(admin)) - before) / seconds);
  }, 60_000);
});
