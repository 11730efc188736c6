import { createApp, type App, type Stub } from "@taskgen/core";
import { canInspect, internalsOf, stub, type Inspect } from "@taskgen/core/internal";
import { describe, expect, it, onTestFinished } from "vitest";
import { brokerUrl } from "../support/brokers.js";
import { spawnChild, type Child } from "../support/child.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { RabbitServer } from "../support/rabbitmq-server.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
import { isReady } from "./worker-process.js";

const TASKS = 100_000;
const MEGABYTE = 1024 * 1024;

interface Measured {
  readonly bytes: number;
  readonly owned: number;
  readonly status: string;
}

/** What the worker process says of itself, after a garbage collection. */
async function measure(worker: Child): Promise<Measured> {
  const before = worker.lines.length;
  worker.write("measure");
  return worker.line("a measurement", (line) =>
    worker.lines.indexOf(line) >= before ? (line as Measured) : undefined,
  );
}

async function inspect(app: App): Promise<Inspect> {
  const { transport } = await internalsOf(app).connection();
  if (!canInspect(transport)) throw new Error("it cannot be inspected");
  return transport;
}

/** An app with a worker process beside it. */
async function open(broker: string): Promise<{ readonly app: App; readonly worker: Child }> {
  const PREFIX = namespace("delayed");
  // n.b. all of them are under way at once, and a slow broker takes them one batch after the other
  const app = createApp({ broker, prefix: PREFIX, publishTimeout: "10m" });
  onTestFinished(() => app.close());
  const fixture = new URL("fixtures/measured-worker.ts", import.meta.url);
  const worker = spawnChild(fixture, { env: { BROKER: broker, PREFIX } });
  await isReady(worker);
  return { app, worker };
}

/** Sends them and compares the worker's memory before and after. */
async function sendAll(app: App, worker: Child): Promise<void> {
  const before = await measure(worker);
  const later = stub<Stub<[number], number>>(app, "work").with({ countdown: "1h" });
  const calls = later.delayMany(Array.from({ length: TASKS }, (): [number] => [1]));
  expect(await within("100,000 calls", calls, 240_000)).toHaveLength(TASKS);
  const after = await measure(worker);
  expect(after).toMatchObject({ status: "consuming", owned: 0 });
  expect(after.bytes - before.bytes).toBeLessThan(30 * MEGABYTE);
}

describe("100,000 tasks that are due in an hour wait in the broker and not in the memory of a worker", () => {
  it.each(["sqlite", "redis"] as const)(
    "%s",
    async (scheme) => {
      const { app, worker } = await open(
        scheme === "sqlite" ? `sqlite:${await tempDir()}/tasks.db` : brokerUrl(scheme),
      );
      const inspected = await inspect(app);
      onTestFinished(async () => void (await inspected.purge("default")));
      await sendAll(app, worker);
      expect(await inspected.depths()).toMatchObject([{ queue: "default", waiting: 0, delayed: TASKS, owned: 0 }]);
    },
    300_000,
  );

  it("amqp", async () => {
    const server = await RabbitServer.start();
    onTestFinished(() => server.stop());
    const { app, worker } = await open(server.url);
    await sendAll(app, worker);
    const waiting = async (): Promise<boolean> => (await messages(server)) === TASKS;
    await eventually(waiting, { what: "100,000 messages in RabbitMQ's queues", within: 60_000, every: 500 });
  }, 360_000);
});

/** How many messages all of a server's queues hold, delivered ones included. */
async function messages(server: RabbitServer): Promise<number> {
  const sum = 'lists:sum([N || [{messages, N}] <- rabbit_amqqueue:info_all(<<"/">>, [messages])]).';
  return Number(await server.evaluate(sum));
}
