import { createApp, type App } from "@taskgen/core";
import { canStream, openResults } from "@taskgen/core/internal";
import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { failedItems, itemsOf, streamOf, upTo, type AnyStream } from "../engine/stream-scene.js";
import { spawnChild, type Child, type ChildOptions } from "../support/child.js";
import { deferred } from "../support/deferred.js";
import { eventually } from "../support/eventually.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RedisServer } from "../support/redis-server.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";

const WINDOW = 1_000;

async function startWorker(
  broker: string,
  env: Readonly<Record<string, string>> = {},
  options: ChildOptions = {},
): Promise<Child> {
  const file = new URL("fixtures/stream-worker.ts", import.meta.url);
  const child = spawnChild(file, { ...options, env: { BROKER: broker, ...env } });
  await child.line("the worker is ready", (line) => (line as { ready?: number }).ready);
  return child;
}

/** An app with something that happens after so many items of its stream were read. */
async function readWith(call: AnyStream, at: number, happens: () => Promise<void>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of call.stream()) if (items.push(item) === at) await happens();
  return items;
}

function openApp(broker: string): App {
  const app = createApp({ broker, onError: () => {} });
  onTestFinished(() => app.close());
  return app;
}

const durable = (): Promise<RedisServer> => RedisServer.start("--appendfsync", "always");

const brokers: Readonly<Record<string, () => Promise<string>>> = {
  sqlite: async () => `sqlite:${await tempDir()}/tasks.db`,
  redis: async () => (await RedisServer.start()).url,
};

describe.each(Object.keys(brokers))("a stream on %s", (name) => {
  expectNothingLeftRunning();

  it.each(["inline", "threads"])("whose worker is killed in the middle gives each item once: %s", async (pool) => {
    const broker = await brokers[name]!();
    const app = openApp(broker);
    const first = await startWorker(broker, { POOL: pool });
    const call = streamOf(app, "count", [5_000]);
    const items = await within(
      "the end of the stream",
      readWith(call, 1_700, async () => {
        await first.kill();
        await startWorker(broker, { POOL: pool });
      }),
      60_000,
    );
    expect(items).toEqual(upTo(5_000));
    expect(await call.get({ timeout: "60s" })).toBe(1);
  });

  it("is read on by another process where the first reader has died", async () => {
    const broker = await brokers[name]!();
    await startWorker(broker);
    const env = { BROKER: broker, COUNT: "3000", STEP: "1000" };
    const reader = spawnChild(new URL("fixtures/stream-reader.ts", import.meta.url), { env });
    const { id } = await reader.line("the first items", (line) => line as { id: string });
    await reader.kill();
    const app = openApp(broker);
    const { error } = await failedItems(app.result(id).stream());
    const after = Number(/after: (\d+)/.exec((error as Error).message)?.[1]);
    expect(after).toBeGreaterThanOrEqual(800);
    expect(await itemsOf(app.result(id).stream({ after }))).toEqual(upTo(3_000).slice(after));
  });
});

describe("a stream on a Redis that is killed and comes back", () => {
  expectNothingLeftRunning();

  it.each(["inline", "threads"])("gives each item once: %s", async (pool) => {
    const server = await durable();
    const app = openApp(server.url);
    await startWorker(server.url, { POOL: pool });
    const call = streamOf(app, "count", [6_000]);
    const items = await within(
      "the end of the stream",
      readWith(call, 2_100, () => server.restart()),
      60_000,
    );
    expect(items).toEqual(upTo(6_000));
    expect(await call.get({ timeout: "60s" })).toBeTypeOf("number");
  });

  it("ends once", async () => {
    const server = await durable();
    const app = openApp(server.url);
    await startWorker(server.url);
    const call = streamOf(app, "count", [150]);
    await call.get({ timeout: "60s" });
    expect(
      await within(
        "the end",
        readWith(call, 150, () => server.restart()),
        30_000,
      ),
    ).toEqual(upTo(150));
  });

  it("throws its error once, after all items", async () => {
    const server = await durable();
    const app = openApp(server.url);
    await startWorker(server.url);
    const call = streamOf(app, "failing", [950]);
    await expect(call.get({ timeout: "60s" })).rejects.toThrow("enough");
    const restarted = deferred();
    const stream = (async function* () {
      let read = 0;
      for await (const item of call.stream()) {
        if (++read === 950) await server.restart().then(restarted.resolve);
        yield item;
      }
    })();
    const { items, error } = await failedItems(stream);
    await restarted.promise;
    expect(items).toEqual(upTo(950));
    expect(error).toMatchObject({ message: expect.stringContaining("enough") as string });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });
});

describe("a stream of 1,000,000 items with a slow reader", () => {
  expectNothingLeftRunning();

  it("takes bounded memory in the worker, in the reader and on the broker", async () => {
    const server = await RedisServer.start();
    const env = { BROKER: server.url, NODE_OPTIONS: "--max-old-space-size=64" };
    await startWorker(server.url, { ...env, POOL: "threads" }, { isLongLived: true });
    const redis = new Redis(server.url);
    onTestFinished(() => redis.disconnect());
    const unread = async (id: string): Promise<number> => {
      const [written, read] = await redis.hmget(`taskgen:s:${id}`, "w", "r");
      return Number(written) - Number(read);
    };
    const reader = spawnChild(new URL("fixtures/stream-reader.ts", import.meta.url), {
      env: { ...env, COUNT: "1000000", STEP: "20000" },
      isLongLived: true,
    });
    let most = 0;
    for (let read = 20_000; read <= 1_000_000; read += 20_000) {
      const { id } = await reader.line(`item ${read}`, (line) => isAt(line, read), 60_000);
      // the reader stands still: the worker goes on until the window is full
      if (read < 1_000_000)
        await eventually(async () => (most = Math.max(most, await unread(id))) > WINDOW - 100, {
          what: "a full window",
        });
      most = Math.max(most, await unread(id));
      reader.write("go on");
    }
    const end = await reader.line(
      "the end",
      (line) => ((line as { end?: number }).end === undefined ? undefined : (line as { readonly bytes: number })),
      30_000,
    );
    reader.write("good");
    expect(end).toMatchObject({ end: 1_000_000, isInOrder: true, returned: 0 });
    expect(most).toBeLessThanOrEqual(WINDOW);
    expect(end.bytes).toBeLessThan(64 * 1024 * 1024);
    expect(await within("the end of the reader", reader.exited)).toEqual({ code: 0, signal: null });
  }, 180_000);
});

const isAt = (line: unknown, read: number): { readonly id: string } | undefined => {
  const said = line as { readonly id?: string; readonly read?: number };
  return said.read === read ? { id: said.id! } : undefined;
};

describe("what is left of a stream", () => {
  expectNothingLeftRunning();

  it("is removed with its result", async () => {
    const server = await RedisServer.start();
    const app = openApp(server.url);
    await startWorker(server.url);
    const call = streamOf(app, "count", [50]);
    await call.get({ timeout: "60s" });
    const result = await call;
    await result.forget();
    const results = await openResults(server.url);
    onTestFinished(() => results.close(AbortSignal.timeout(1_000)));
    await results.start({ state: () => {}, error: () => {} });
    if (!canStream(results)) throw new Error("it passes on no streams");
    const empty = { id: call.id, first: 1, items: [], ends: false, ttlMs: 1_000 };
    expect(await results.push(empty)).toEqual({ written: 0, read: 0 });
  });
});
