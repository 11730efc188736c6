import { createApp, type AnyApp } from "@taskgen/core";
import { canInspect, internalsOf } from "@taskgen/core/internal";
import { createWorker } from "@taskgen/worker";
import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { nextEvent } from "../engine/scene.js";
import { itemsOf, streamOf } from "../engine/stream-scene.js";
import { all, call as reporting } from "../progress/progress-scene.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RedisServer } from "../support/redis-server.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry } from "./fixtures/flows.js";
import { recipe } from "./recipes.js";
import { KEYS } from "./secured-scene.js";

const LIMIT = { timeout: "60s" } as const;

interface Place {
  readonly admin: Redis;
  readonly url: (user: "client" | "worker") => string;
}

/** A server on which nobody may do more than the recipe says. */
async function serverWithUsers(): Promise<Place> {
  const server = await RedisServer.start();
  const admin = new Redis(server.port);
  onTestFinished(() => admin.disconnect());
  for (const user of ["client", "worker"] as const) {
    const rights = recipe(`redis-${user}`).split(/\s+/);
    await admin.call("ACL", "SETUSER", user, "reset", "on", `>secret-of-${user}`, ...rights);
  }
  return { admin, url: (user) => server.url.replace("//", `//${user}:secret-of-${user}@`) };
}

/** What was refused, as the server tells it. */
async function refusals(admin: Redis): Promise<string[]> {
  const log = (await admin.call("ACL", "LOG")) as string[][];
  return log.map((entry) => `${entry[entry.indexOf("username") + 1]} ${entry[entry.indexOf("object") + 1]}`);
}

describe("the recipe for Redis users", () => {
  expectNothingLeftRunning();

  function appOf(broker: string): ReturnType<typeof createApp> {
    const app = createApp({ broker, security: KEYS });
    onTestFinished(() => app.close());
    return app;
  }

  it("is enough for clients and workers", async () => {
    const { admin, url } = await serverWithUsers();
    const [client, own] = [appOf(url("client")), appOf(url("worker"))];
    const worker = createWorker({ app: own, registry, threads: 1 });
    onTestFinished(async () => void (await worker.stop({ gracePeriod: "0ms" })));
    await within("the start", worker.start());
    expect(await client.sendUnchecked("add", [4, 4]).get(LIMIT)).toBe(8);
    expect(await client.sendUnchecked("flaky", [1], { countdown: "20ms", priority: 9 }).get(LIMIT)).toBe(1);
    const calls = await Promise.all([1, 2, 3].map((n) => client.sendUnchecked("add", [n, n])));
    expect(await Promise.all(calls.map((call) => call.get(LIMIT)))).toEqual([2, 4, 6]);
    const started = nextEvent(worker, "task-started");
    const endless = await client.sendUnchecked("stubborn", []);
    await started;
    expect(await endless.status()).toBe("STARTED");
    await endless.revoke();
    await expect(endless.get(LIMIT)).rejects.toMatchObject({ code: "TASK_REVOKED" });
    const rejected = await client.sendUnchecked("reject", ["no"]);
    await expect(rejected.get(LIMIT)).rejects.toMatchObject({ state: "REJECTED" });
    await rejected.forget();
    await lookInto(own);
    expect(await refusals(admin)).toEqual([]);
  });

  it("is enough for streams, progress, limits, once, and calls that are the same", async () => {
    const { admin, url } = await serverWithUsers();
    const client = appOf(url("client"));
    const worker = createWorker({ app: appOf(url("worker")), registry, threads: 1 });
    onTestFinished(async () => void (await worker.stop({ gracePeriod: "0ms" })));
    await within("the start", worker.start());
    const stream = await streamOf(client, "words", [2, "a"]);
    expect(await itemsOf(stream.stream())).toEqual(["a 1", "a 2"]);
    await stream.forget();
    expect(await all(reporting<string>(client, "reports", "half").progress())).toEqual(["half"]);
    const same = { idempotencyKey: "one" } as const;
    const calls = await Promise.all([1, 2].map((n) => client.sendUnchecked("add", [n, n], same)));
    expect(await Promise.all(calls.map((call) => call.get(LIMIT)))).toEqual([2, 2]);
    const charged = client.sendUnchecked("charge", [`${await tempDir()}/charges`, "paid"]);
    expect(await charged.get(LIMIT)).toBe("paid");
    const alone = await Promise.all([1, 2, 3].map((n) => client.sendUnchecked("alone", ["key", n])));
    expect(await Promise.all(alone.map((call) => call.get(LIMIT)))).toEqual([1, 2, 3]);
    await worker.stop();
    expect(await refusals(admin)).toEqual([]);
  });

  it("a worker that may not give turns goes on, and says so", async () => {
    const { admin, url } = await serverWithUsers();
    await admin.call("ACL", "SETUSER", "worker", "-zrangebylex", "-zrangebyscore");
    const worker = createWorker({ app: appOf(url("worker")), registry, threads: 1 });
    onTestFinished(async () => void (await worker.stop({ gracePeriod: "0ms" })));
    const warned = nextEvent(worker, "warning");
    await within("the start", worker.start());
    expect((await warned).error.message).toMatch(/BROKER_ERROR.*can't run this command|NOPERM/);
    expect(worker.health().status).toBe("consuming");
  });

  it("lets a client neither take messages nor touch what is not of the service", async () => {
    const { url } = await serverWithUsers();
    const redis = new Redis(url("client"));
    onTestFinished(() => redis.disconnect());
    const refused: readonly (readonly [command: string, ...args: string[]])[] = [
      ["LPOP", "{taskgen:default}:w4"],
      ["LMOVE", "{taskgen:default}:w4", "taskgen:mine", "LEFT", "LEFT"],
      ["FLUSHALL"],
      ["KEYS", "*"],
      ["CONFIG", "SET", "maxmemory", "1"],
      ["ACL", "LIST"],
      ["GET", "other:key"],
      ["SUBSCRIBE", "taskgen:t:elsewhere"],
      ["PUBLISH", "other", "x"],
      ["EVAL", "return redis.call('LPOP', KEYS[1])", "1", "{taskgen:default}:w4"],
    ];
    for (const [command, ...args] of refused)
      await expect(redis.call(command, ...args), command).rejects.toThrow(
        /NOPERM|ACL failure|can't run this command|permission/i,
      );
  });

  async function lookInto(app: AnyApp): Promise<void> {
    const { transport } = await internalsOf(app).connection();
    if (!canInspect(transport)) throw new Error("it cannot be inspected");
    await transport.depths();
    const [dead] = await transport.dead("default", 10);
    expect(await transport.removeDead("default", [dead!.envelope.id])).toBe(1);
    await transport.purge("default");
  }
});
