import { currentTask, RejectTask, task, type AsyncResult, type Stub } from "@taskgen/core";
import { stub } from "@taskgen/core/client";
import { canInspect, internalsOf } from "@taskgen/core/internal";
import { describe, expect, it } from "vitest";
import { places, Scene } from "../engine/scene.js";
import { registryOf } from "../routing/scene.js";
import { deferred } from "../support/deferred.js";
import { eventually } from "../support/eventually.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { within } from "../support/within.js";
import { limitedPlaces, mostWithin } from "./scene.js";

describe.each(limitedPlaces)("limits: $name", (place) => {
  expectNothingLeftRunning();

  it("starts no more tasks than their rate allows, and all of them", async () => {
    const scene = await Scene.open(place);
    const starts: number[] = [];
    const mail = task({ rateLimit: "20/s" }, () => void starts.push(performance.now()));
    await scene.worker({ registry: registryOf({ mail }) });
    const calls = await Promise.all(Array.from({ length: 40 }, () => scene.app.sendUnchecked("mail", [])));
    await within("all of them", Promise.all(calls.map((call) => call.get())));
    expect(starts).toHaveLength(40);
    expect(mostWithin(starts, 1_000)).toBeLessThanOrEqual(20);
  });

  it("holds up no other task of the queue", async () => {
    const scene = await Scene.open(place);
    const mail = task({ rateLimit: "1/h" }, () => {});
    const other = task(() => "done");
    const worker = await scene.worker({ registry: registryOf({ mail, other }), concurrency: 2 });
    await Promise.all(Array.from({ length: 300 }, () => scene.app.sendUnchecked("mail", [])));
    const calls = await Promise.all(Array.from({ length: 50 }, () => scene.app.sendUnchecked("other", [])));
    await within("the others", Promise.all(calls.map((call) => call.get())));
    await eventually(() => worker.health().owned === 0, { what: "a worker that owns nothing of what waits" });
  });

  it("runs so many of a key at once, and other keys beside", async () => {
    const scene = await Scene.open(place);
    const running = new Map<string, number>();
    const most = new Map<string, number>();
    const open = deferred();
    const sync = task({ limit: { key: "0.user", concurrency: 2 } }, async ({ user }: { readonly user: string }) => {
      running.set(user, (running.get(user) ?? 0) + 1);
      most.set(user, Math.max(most.get(user) ?? 0, running.get(user)!));
      if (running.get("a") === 2 && running.get("b") === 2) open.resolve();
      await open.promise;
      running.set(user, running.get(user)! - 1);
    });
    await scene.worker({ registry: registryOf({ sync }), concurrency: 10 });
    const users = ["a", "b"].flatMap((user) => Array.from({ length: 10 }, () => ({ user })));
    const calls = await Promise.all(users.map((user) => scene.app.sendUnchecked("sync", [user])));
    await within("all of them", Promise.all(calls.map((call) => call.get())));
    expect(Object.fromEntries(most)).toEqual({ a: 2, b: 2 });
  });

  it("runs calls that may not run twice when their turn has come", async () => {
    const scene = await Scene.open(place);
    const sync = task({ limit: { key: "0", concurrency: 1 } }, (_user: string, name: string) => name);
    await scene.worker({ registry: registryOf({ sync }), concurrency: 10 });
    const names = Array.from({ length: 8 }, (_, i) => `call ${i}`);
    const calls = await Promise.all(
      names.map((name) => scene.app.sendUnchecked("sync", ["user", name], { idempotencyKey: name })),
    );
    expect(await within("all of them", Promise.all(calls.map((call) => call.get())))).toEqual(names);
  });

  it("leaves its slot to others when its turn comes and it is not to run any more", async () => {
    const scene = await Scene.open(place);
    const began = deferred();
    const open = deferred();
    const sync = task({ limit: { key: "0", concurrency: 1 } }, async (_user: string, name: string) => {
      if (name !== "first") return name;
      began.resolve();
      await open.promise;
      return name;
    });
    const worker = await scene.worker({ registry: registryOf({ sync }), concurrency: 10 });
    const later = stub<Stub<[user: string, name: string], string>>(scene.app, "sync", { debounce: { wait: "10ms" } });
    const first = await scene.app.sendUnchecked("sync", ["user", "first"]);
    await within("the first", began.promise);
    const received: string[] = [];
    worker.on("task-received", ({ id }) => void received.push(id));
    const held = async (name: string): Promise<AsyncResult<string>> => {
      const result = await later.delay("user", name);
      await eventually(() => received.includes(result.id) && worker.health().owned === 1, {
        what: `${name} in the room`,
      });
      return result;
    };
    const [second, third] = [await held("second"), await held("third")];
    open.resolve();
    // n.b. a slot that nobody leaves is free after a minute
    expect(await within("the third", third.get())).toBe("third");
    expect(await first.get()).toBe("first");
    expect((await within("the second", second.settled())).state).toMatch(/^(IGNORED|SUCCESS)$/);
  });

  it("frees its slot when it is to be retried, and takes part again", async () => {
    const scene = await Scene.open(place);
    const order: string[] = [];
    const options = { limit: { key: "0", concurrency: 1 }, retryBackoff: false } as const;
    const sync = task(options, (_user: string, name: string) => {
      order.push(name);
      if (name === "first" && currentTask().retries === 0) throw currentTask().retry({ countdown: "300ms" });
    });
    await scene.worker({ registry: registryOf({ sync }) });
    const first = await scene.app.sendUnchecked("sync", ["u", "first"]);
    const second = await scene.app.sendUnchecked("sync", ["u", "second"]);
    await within("both", Promise.all([first.get(), second.get()]));
    expect(order).toEqual(["first", "second", "first"]);
  });

  it("ends what is revoked or expires while it waits, and lets those behind it pass", async () => {
    const scene = await Scene.open(place);
    const open = deferred();
    const ran: string[] = [];
    const sync = task({ limit: { key: "0", concurrency: 1 } }, async (_user: string, name: string) => {
      ran.push(name);
      await open.promise;
    });
    const worker = await scene.worker({ registry: registryOf({ sync }) });
    const send = (name: string, options = {}): ReturnType<typeof scene.app.sendUnchecked> =>
      scene.app.sendUnchecked("sync", ["u", name], options);
    const first = await send("first");
    const revoked = await send("revoked");
    const expired = await send("expired", { expires: "200ms" });
    const last = await send("last");
    await eventually(() => worker.health().owned === 1, { what: "three that wait in the store" });
    await revoked.revoke();
    await expect(within("the revoked one", revoked.get())).rejects.toMatchObject({ code: "TASK_REVOKED" });
    open.resolve();
    await within("the others", Promise.all([first.get(), last.get()]));
    expect(ran.filter((name) => name !== "expired")).toEqual(["first", "last"]);
    await within("the end of the one that expires", expired.settled());
  });

  it("uses no start that came too late, and none twice", async () => {
    const scene = await Scene.open(place);
    const open = deferred();
    const starts: number[] = [];
    const queue = { queue: "blocks" };
    const block = task(queue, () => open.promise);
    const mail = task({ rateLimit: "2/s" }, () => void starts.push(performance.now()));
    const worker = await scene.worker({ registry: registryOf({ block, mail }), concurrency: 8 });
    const blocking = await Promise.all(Array.from({ length: 8 }, () => scene.app.sendUnchecked("block", [], queue)));
    await eventually(() => worker.health().owned >= 8, { what: "a pool without room" });
    const calls = await Promise.all(Array.from({ length: 5 }, () => scene.app.sendUnchecked("mail", [])));
    await eventually(() => worker.health().owned >= 11, { what: "some that wait in the pool" });
    open.resolve();
    await within("all of them", Promise.all([...blocking, ...calls].map((call) => call.get())));
    expect(starts).toHaveLength(5);
    expect(mostWithin(starts, 1_000)).toBeLessThanOrEqual(2);
  });

  it("runs those that are acknowledged early once, and keeps their limits", async () => {
    const scene = await Scene.open(place);
    let running = 0;
    let most = 0;
    const ids: string[] = [];
    const once = task({ ack: "early", limit: { key: "0", concurrency: 1, rate: "50/s" } }, async (_key: number) => {
      ids.push(currentTask().id);
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
    });
    await scene.worker({ registry: registryOf({ once }) });
    const calls = await Promise.all(Array.from({ length: 15 }, () => scene.app.sendUnchecked("once", [1])));
    await within("all of them", Promise.all(calls.map((call) => call.get())));
    expect(ids.toSorted()).toEqual(calls.map(({ id }) => id).toSorted());
    expect(most).toBe(1);
  });

  it("buries a dead letter in the queue that it was sent to", async () => {
    const scene = await Scene.open(place);
    const sync = task({ limit: { key: "0", concurrency: 1 } }, (_user: string, isBad: boolean) => {
      if (isBad) throw new RejectTask("no work of mine");
    });
    const worker = await scene.worker({ registry: registryOf({ sync }), queues: ["mail"] });
    const rejected: string[] = [];
    worker.on("task-rejected", ({ id }) => rejected.push(id));
    const send = (isBad: boolean): ReturnType<typeof scene.app.sendUnchecked> =>
      scene.app.sendUnchecked("sync", ["u", isBad], { queue: "mail" });
    const [first, bad] = [await send(false), await send(true)];
    await within("the first", first.get());
    await expect(within("the bad one", bad.get())).rejects.toMatchObject({ state: "REJECTED" });
    const { transport } = await internalsOf(scene.app).connection();
    if (!canInspect(transport)) throw new Error("cannot be inspected");
    const letter = await eventually(async () => (await transport.dead("mail", 1))[0]);
    expect(letter).toMatchObject({ envelope: { id: bad.id, queue: "mail" } });
    expect(rejected).toEqual([bad.id]);
  });

  it("runs what waits for a limit that is gone", async () => {
    const scene = await Scene.open(place);
    const first = await scene.worker({ registry: registryOf({ mail: task({ rateLimit: "1/h" }, () => {}) }) });
    const calls = await Promise.all(Array.from({ length: 10 }, () => scene.app.sendUnchecked("mail", [])));
    await within("the first one", Promise.race(calls.map((call) => call.get())));
    await first.stop();
    await scene.worker({ registry: registryOf({ mail: task(() => {}) }) });
    await within("all of them", Promise.all(calls.map((call) => call.get())));
  });

  it("hands back what waits for its time when it stops", async () => {
    const scene = await Scene.open(place);
    const ran: string[] = [];
    const mail = task({ rateLimit: "3/s" }, () => void ran.push(currentTask().id));
    const registry = registryOf({ mail });
    const first = await scene.worker({ registry });
    const calls = await Promise.all(Array.from({ length: 4 }, () => scene.app.sendUnchecked("mail", [])));
    await eventually(() => ran.length > 0, { what: "the first one" });
    expect(await first.stop()).toEqual({ clean: true });
    await scene.worker({ registry });
    await within("all of them", Promise.all(calls.map((call) => call.get())));
    expect(ran.toSorted()).toEqual(calls.map(({ id }) => id).toSorted());
  });
});

describe("limits", () => {
  const [memory] = limitedPlaces;

  it("find their key where the registry says that the arguments have it, and refuse what is none", async () => {
    const scene = await Scene.open(memory!);
    const open = deferred();
    const ran: string[] = [];
    const sync = task({ limit: { key: "order.user", concurrency: 1 } }, async (order: { readonly user: string }) => {
      ran.push(order.user);
      await open.promise;
    });
    const { tasks } = registryOf({ sync });
    const registry = { url: import.meta.url, tasks: { sync: { ...tasks["sync"]!, limitKey: "0.user" } } };
    await scene.worker({ registry });
    const send = (user: unknown): ReturnType<typeof scene.app.sendUnchecked> =>
      scene.app.sendUnchecked("sync", [{ user }]);
    const calls = [await send("a"), await send("a"), await send("b")];
    await eventually(() => ran.length === 2);
    expect(ran.toSorted()).toEqual(["a", "b"]);
    open.resolve();
    await within("all of them", Promise.all(calls.map((call) => call.get())));
    await expect((await send({})).get()).rejects.toMatchObject({ state: "REJECTED", code: "OPTION_INVALID" });
  });

  it.each([
    ["a rate without a number", { rateLimit: "x/s" as "1/s" }, "rateLimit"],
    ["a rate of nothing", { rateLimit: "0/s" }, "rateLimit"],
    ["an unknown unit", { rateLimit: "5/fortnight" as "1/s" }, "rateLimit"],
    ["a key without a limit", { limit: { key: "0" } }, "needs a concurrency or a rate"],
    ["half a slot", { limit: { key: "0", concurrency: 0.5 } }, "whole number"],
    ["a name that nobody has resolved", { limit: { key: "userId", concurrency: 1 } }, "npx taskgen"],
  ] as const)("refuse %s", async (_, options, message) => {
    const scene = await Scene.open(memory!);
    const worker = scene.newWorker({ registry: registryOf({ wrong: task(options, (_userId: string) => {}) }) });
    await expect(worker.start()).rejects.toThrow(message);
  });

  it("are refused where results are sent to callers", async () => {
    const scene = await Scene.open(places.find(({ name }) => name.startsWith("amqp"))!);
    const mail = task({ rateLimit: "5/10s" }, () => {});
    const worker = scene.newWorker({ pool: "inline", registry: registryOf({ mail }) });
    await expect(worker.start()).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
  });
});
