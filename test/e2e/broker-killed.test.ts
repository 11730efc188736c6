import { createApp, type App, type AsyncResult } from "@taskgen/core";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Child } from "../support/child.js";
import { eventually } from "../support/eventually.js";
import { RabbitServer } from "../support/rabbitmq-server.js";
import { RedisServer } from "../support/redis-server.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
import { inTheMiddle, readHistory } from "./history.js";
import { startWorker } from "./worker-process.js";

/** A server that this test may kill. */
interface Server {
  readonly url: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

const servers: Readonly<Record<string, () => Promise<Server>>> = {
  redis: () => RedisServer.start("--appendfsync", "everysec"),
  amqp: async () => {
    const server = await RabbitServer.start();
    onTestFinished(() => server.stop());
    return server;
  },
};

// n.b. RabbitMQ counts every lost connection as a delivery, and a lease of a second is lost whenever the machine stands still
const PATIENT = { LEASE: "6s" };

const WAVES = 40;
const CALLS_PER_WAVE = 50;

describe.each(Object.keys(servers))("a killed broker: %s", (name) => {
  it("loses no acknowledged task of 2,000, and the workers go on by themselves", async () => {
    const history = `${await tempDir()}/history.jsonl`;
    const server = await servers[name]!();
    const app = createApp({ broker: server.url, onError: () => {} });
    onTestFinished(() => app.close());
    let workers: readonly Child[] = await Promise.all([
      startWorker(server.url, history, PATIENT),
      startWorker(server.url, history, PATIENT),
    ]);
    const results: AsyncResult<unknown>[] = [];
    const producing = produce(app, results);
    await eventually(() => results.length > 500, { what: "500 calls" });
    workers = await replaceBusy(workers, server.url, history);
    await eventually(() => results.length > 1_000, { what: "1,000 calls" });
    await killAndRestart(server, history);
    await within("the last calls", producing, 60_000);
    expect(results.length).toBeGreaterThan((WAVES - 2) * CALLS_PER_WAVE);
    const settled = await within("every result", Promise.all(results.map((result) => result.settled())), 60_000);
    expect(settled.filter(({ ok }) => !ok)).toEqual([]);
    const ended = new Set(readHistory(history).flatMap(({ event, id }) => (event === "end" ? [id] : [])));
    expect(results.filter(({ id }) => !ended.has(id))).toEqual([]);
    for (const worker of workers) worker.signal("SIGTERM");
    for (const worker of workers) {
      expect(await within("a clean exit", worker.exited)).toEqual({ code: 0, signal: null });
    }
  }, 180_000);
});

/** Sends wave after wave, each when one of the wave before the last has ended; adds the calls that were acknowledged. */
async function produce(app: App, results: AsyncResult<unknown>[]): Promise<void> {
  const first: (AsyncResult<unknown> | undefined)[] = [];
  for (let wave = 0; wave < WAVES; wave++) {
    const calls = Array.from({ length: CALLS_PER_WAVE }, () => app.sendUnchecked("work", [20]));
    const sent = (await Promise.allSettled(calls)).flatMap((call) => (call.status === "fulfilled" ? [call.value] : []));
    results.push(...(sent as AsyncResult<unknown>[]));
    first.push(sent[0] as AsyncResult<unknown> | undefined);
    await first[wave - 2]?.settled();
  }
}

/** Kills a worker in the middle of a task, and starts another one. */
async function replaceBusy(workers: readonly Child[], broker: string, history: string): Promise<readonly Child[]> {
  const busy = (): Child | undefined => {
    const entries = readHistory(history);
    return workers.find(({ pid }) => inTheMiddle(entries, pid).length > 0);
  };
  const victim = await eventually(busy, { what: "a busy worker" });
  await victim.kill();
  return [...workers.filter((worker) => worker !== victim), await startWorker(broker, history, PATIENT)];
}

/** Kills the broker while messages wait; after its restart the workers run something by themselves. */
async function killAndRestart(server: Server, history: string): Promise<void> {
  await server.kill();
  await server.restart();
  const before = readHistory(history).length;
  await eventually(() => readHistory(history).length > before, { what: "work after the restart" });
}
