import { createApp } from "@taskgen/core";
import { createWorker } from "@taskgen/worker";
import { describe, expect, it, onTestFinished } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RabbitServer } from "../support/rabbitmq-server.js";
import { RedisServer } from "../support/redis-server.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry } from "./fixtures/registry.js";
import { call, open } from "./progress-scene.js";

interface Server {
  readonly url: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

const servers = [
  { name: "redis", start: (): Promise<Server> => RedisServer.start() },
  {
    name: "amqp, which sends progress to callers",
    start: async (): Promise<Server> => {
      const server = await RabbitServer.start();
      onTestFinished(() => server.stop());
      return server;
    },
  },
];

describe.each(servers)("progress on $name", ({ start }) => {
  expectNothingLeftRunning();

  it("goes on over a restart of the broker, to the last value", { timeout: 180_000 }, async () => {
    const [server, folder] = [await start(), await tempDir()];
    const app = createApp({ broker: server.url });
    onTestFinished(() => app.close());
    const worker = createWorker({ app, registry, threads: 1 });
    onTestFinished(async () => void (await worker.stop({ gracePeriod: "0ms" })));
    await within("the start of a worker", worker.start());

    const running = call<number | "last">(app, "tick", folder);
    const values = running.progress()[Symbol.asyncIterator]();
    const next = async (): Promise<number | "last" | undefined> => {
      const { value, done } = await within("a value", values.next(), 60_000);
      return done === true ? undefined : value;
    };
    await running;
    // n.b. RabbitMQ writes down its queues within a few seconds: killed earlier, it may know nothing of them
    for (let i = 0; i < 30; i++) expect(await next()).toBeTypeOf("number");
    await server.kill();
    await server.restart();
    // one is of before; a task that was lost with the broker begins again
    for (let i = 0; i < 5; i++) expect(await next()).toBeTypeOf("number");
    await open(folder, "go");
    let last: number | "last" | undefined;
    for (let value = await next(); value !== undefined; value = await next()) last = value;
    expect(last).toBe("last");
    expect(await running.get({ timeout: "60s" })).toBeTypeOf("number");
  });
});
