import { createApp, task, type App, type Middleware, type Stub, type StubOptions } from "@taskgen/core";
import { stub } from "@taskgen/core/internal";
import { createTestWorker, type TestWorker, type TestWorkerOptions } from "@taskgen/worker/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";

const START = new Date("2030-01-01T00:00:00Z");

interface Order {
  readonly id: number;
  readonly note?: string;
}

interface Scene {
  readonly app: App;
  readonly worker: TestWorker;
  readonly order: Stub<[order: Order], string>;
  /** The orders that ran, and when, in seconds. */
  readonly ran: readonly string[];
}

interface Options extends TestWorkerOptions {
  readonly middleware?: readonly Middleware[];
}

/** A task with options that its stub knows, on a clock that stands still. */
async function open(options: StubOptions, { middleware, ...test }: Options = {}): Promise<Scene> {
  const app = createApp({ broker: `memory:${namespace()}`, middleware });
  onTestFinished(() => app.close());
  const ran: string[] = [];
  const order = task(({ id, note = "" }: Order) => {
    ran.push(`${id}${note} at ${(worker.clock.now.getTime() - START.getTime()) / 1_000}`);
    if (note === "fail") throw new Error("it failed");
    return `order ${id}${note}`;
  });
  const worker = await createTestWorker({ app, tasks: { order }, now: START, ...test });
  onTestFinished(() => worker.stop());
  return { app, worker, order: stub(app, "order", options), ran };
}

describe("dedupe", () => {
  expectNothingLeftRunning();

  it("gives calls of one key the result of the first, running or stored", async () => {
    const { order, ran, worker } = await open({ dedupe: { key: "0.id" } });
    const [first, second] = await Promise.all([order.delay({ id: 1 }), order.delay({ id: 1, note: "b" })]);
    expect(second.id).toBe(first.id);
    expect(await second.get()).toBe("order 1");
    const third = order.delay({ id: 1, note: "c" });
    expect((await third).id).toBe(first.id);
    expect(third.id).not.toBe(first.id);
    expect(await third.get()).toBe("order 1");
    expect(await order.delay({ id: 2 }).get()).toBe("order 2");
    expect(ran).toEqual(["1 at 0", "2 at 0"]);
    expect(worker.sent().length).toBe(2);
  });

  it("takes all arguments for the key when none is named, whatever the order of properties", async () => {
    const { order, ran } = await open({ dedupe: {} });
    await order.delay({ id: 1, note: "a" }).get();
    expect(await order.delay({ note: "a", id: 1 }).get()).toBe("order 1a");
    expect(await order.delay({ id: 1 }).get()).toBe("order 1");
    expect(ran).toEqual(["1a at 0", "1 at 0"]);
  });

  it("forgets a call after its time", async () => {
    const { order, ran, worker } = await open({ dedupe: { key: "0.id", ttl: "10m" } });
    await order.delay({ id: 1 }).get();
    await worker.clock.advance("599s");
    await order.delay({ id: 1 }).get();
    await worker.clock.advance("2s");
    await order.delay({ id: 1 }).get();
    expect(ran).toEqual(["1 at 0", "1 at 601"]);
  });

  it("keeps a result as long as its key, whatever the others", async () => {
    const { order, ran, worker } = await open({ dedupe: { key: "0.id", ttl: "3h" } });
    await order.delay({ id: 1 }).get();
    await worker.clock.advance("179m");
    expect(await order.delay({ id: 1 }).get()).toBe("order 1");
    expect(ran).toEqual(["1 at 0"]);
  });

  it("gives the failure of the first too", async () => {
    const { order, ran } = await open({ dedupe: { key: "0.id" } });
    await expect(order.delay({ id: 1, note: "fail" }).get()).rejects.toThrow("it failed");
    await expect(order.delay({ id: 1 }).get()).rejects.toThrow("it failed");
    expect(ran.length).toBe(1);
  });

  it("has no result for anybody when the first wants none, and says so at once", async () => {
    const { order, worker } = await open({ dedupe: { key: "0.id" } });
    const first = await order.with({ ignoreResult: true }).delay({ id: 1 });
    const second = await order.delay({ id: 1 });
    expect(second.id).toBe(first.id);
    await expect(second.get()).rejects.toMatchObject({ code: "RESULT_IGNORED" });
    expect(worker.sent().length).toBe(1);
  });

  it("has the first's result also for those who wanted none themselves", async () => {
    const { order } = await open({ dedupe: { key: "0.id" } });
    const first = await order.delay({ id: 1 });
    const second = await order.with({ ignoreResult: true }).delay({ id: 1 });
    expect(await Promise.all([first.get(), second.get()])).toEqual(["order 1", "order 1"]);
  });

  it("drops the others when told to: they end as ignored", async () => {
    const { order, ran, worker } = await open({ dedupe: { key: "0.id", mode: "drop" } });
    const first = await order.delay({ id: 1 });
    const call = order.delay({ id: 1 });
    const second = await call;
    expect(second.id).toBe(call.id);
    await expect(second.get()).rejects.toMatchObject({ code: "DUPLICATE_CALL", state: "IGNORED" });
    await expect(second.get()).rejects.toThrow(first.id);
    expect(await second.settled()).toMatchObject({ ok: false, state: "IGNORED" });
    expect([await second.status(), await second.ready(), await second.failed()]).toEqual(["IGNORED", true, true]);
    expect(await first.get()).toBe("order 1");
    expect([ran.length, worker.sent().length]).toEqual([1, 1]);
  });

  it("sends of a list each once", async () => {
    const { order, ran, worker } = await open({ dedupe: { key: "0.id" } });
    await order.delay({ id: 3 });
    const list = [1, 2, 1, 3, 2].map((id, i): [Order] => [{ id, note: `#${i}` }]);
    expect(await order.delayMany(list).get()).toEqual(["order 1#0", "order 2#1", "order 1#0", "order 3", "order 2#1"]);
    expect(await order.delayMany([]).get()).toEqual([]);
    expect(ran.toSorted()).toEqual(["1#0 at 0", "2#1 at 0", "3 at 0"]);
    expect(worker.sent().length).toBe(3);
  });

  it("tells listeners and middleware of what is sent alone", async () => {
    const seen: string[] = [];
    const middleware: Middleware = {
      publish: (next) => (call) => {
        seen.push(call.id);
        return next(call);
      },
    };
    const { app, order } = await open({ dedupe: { key: "0.id" } }, { middleware: [middleware] });
    const published: string[] = [];
    app.on("published", ({ id }) => published.push(id));
    const first = await order.delay({ id: 1 });
    await order.delay({ id: 1 });
    const [, other] = await order.delayMany([[{ id: 1 }], [{ id: 2 }]]);
    await expect.poll(() => published).toEqual([first.id, other!.id]);
    expect(seen).toEqual([first.id, other!.id]);
  });

  it("leaves the key to the next call when one could not travel", async () => {
    const { order, ran } = await open({ dedupe: { key: "0.id" } });
    const wrong = { id: 1, note: () => 1 } as unknown as Order;
    await expect(order.delay(wrong)).rejects.toMatchObject({ code: "NOT_SERIALIZABLE" });
    await expect(order.delayMany([[{ id: 2 }], [wrong]])).rejects.toMatchObject({
      errors: [{ code: "NOT_SERIALIZABLE" }],
    });
    expect(ran).toEqual([]);
    expect(await order.delayMany([[{ id: 1 }], [{ id: 2 }]]).get()).toEqual(["order 1", "order 2"]);
  });

  it("refuses keys that name a parameter, and keys that are objects", async () => {
    const { app, order } = await open({ dedupe: { key: "0" } });
    await expect(order.delay({ id: 1 })).rejects.toMatchObject({ code: "OPTION_INVALID" });
    const named = stub<typeof order>(app, "order", { dedupe: { key: "order.id" } });
    await expect(named.delay({ id: 1 })).rejects.toThrow("npx taskgen");
  });
});

describe("an idempotency key", () => {
  expectNothingLeftRunning();

  it("is given by the caller, for a task of any kind", async () => {
    const { app, order, ran } = await open({});
    const once = order.with({ idempotencyKey: "request 7" });
    const first = await once.delay({ id: 1 });
    expect((await once.delay({ id: 2 })).id).toBe(first.id);
    const byName = await app.sendUnchecked("order", [{ id: 3 }], { idempotencyKey: "request 7" });
    expect(await byName.get()).toBe("order 1");
    expect(await order.with({ idempotencyKey: "request 8" }).delay({ id: 4 }).get()).toBe("order 4");
    expect(ran).toEqual(["1 at 0", "4 at 0"]);
  });

  it("is remembered for a day, or as long as it is said", async () => {
    const { order, ran, worker } = await open({});
    const send = async (more: object = {}) =>
      void (await order
        .with({ idempotencyKey: "a", ...more })
        .delay({ id: 1 })
        .get());
    await send({ idempotencyTtl: "90s" });
    await worker.clock.advance("91s");
    await send();
    await worker.clock.advance("23h");
    await send();
    await worker.clock.advance("1h");
    await send();
    expect(ran).toEqual(["1 at 0", "1 at 91", "1 at 86491"]);
  });

  it("may be sent again with its id, which changes nothing", async () => {
    const { order, ran } = await open({});
    const options = { taskId: "mine", idempotencyKey: "a" };
    expect(await order.applyAsync([{ id: 1 }], options).get()).toBe("order 1");
    expect(await order.applyAsync([{ id: 1 }], options).get()).toBe("order 1");
    expect(ran.length).toBe(1);
  });

  it("must be a text", async () => {
    const { order } = await open({});
    const wrong = order.with({ idempotencyKey: "" });
    await expect(wrong.delay({ id: 1 })).rejects.toMatchObject({ code: "OPTION_INVALID" });
  });
});

describe("throttle", () => {
  expectNothingLeftRunning();

  it("runs the first of each interval; the others have its result", async () => {
    const { order, ran, worker } = await open({ throttle: { every: "2m" } });
    for (let minute = 0; minute < 6; minute++) {
      await order.delay({ id: minute }).get();
      await worker.clock.advance("1m");
    }
    expect(ran).toEqual(["0 at 0", "2 at 120", "4 at 240"]);
  });

  it("counts each key for itself", async () => {
    const { order, ran } = await open({ throttle: { key: "0.id", every: "10s" } });
    for (const id of [1, 2, 1, 2]) await order.delay({ id }).get();
    expect(ran).toEqual(["1 at 0", "2 at 0"]);
  });

  it("is kept beside dedupe: a call that either knows is not sent", async () => {
    const { order, ran, worker } = await open({
      dedupe: { key: "0.id", ttl: "1h" },
      throttle: { every: "2m" },
    });
    expect(await order.delay({ id: 1 }).get()).toBe("order 1");
    expect(await order.delay({ id: 2 }).get()).toBe("order 1");
    await worker.clock.advance("3m");
    expect(await order.delay({ id: 2 }).get()).toBe("order 1");
    expect(await order.delay({ id: 3 }).get()).toBe("order 3");
    expect(ran).toEqual(["1 at 0", "3 at 180"]);
  });
});

describe("debounce", () => {
  expectNothingLeftRunning();

  it("runs the last of calls that follow each other, when none has followed it for so long", async () => {
    const { order, ran, worker } = await open({ debounce: { key: "0.id", wait: "5s" } });
    const calls = [];
    for (const note of ["a", "b", "c"]) {
      calls.push(await order.delay({ id: 1, note }));
      await worker.clock.advance("3s");
    }
    const other = await order.delay({ id: 2 });
    await worker.clock.advance("1m");
    expect(ran).toEqual(["1c at 11", "2 at 14"]);
    expect(await calls[2]!.get()).toBe("order 1c");
    expect(await other.get()).toBe("order 2");
    for (const call of calls.slice(0, 2))
      await expect(call.get()).rejects.toMatchObject({ code: "SUPERSEDED", state: "IGNORED" });
    await expect(calls[0]!.get()).rejects.toThrow(calls[1]!.id);
  });

  it("begins anew after a run", async () => {
    const { order, ran, worker } = await open({ debounce: { wait: "5s", maxWait: "8s" } });
    for (const note of ["a", "b"]) {
      await order.delay({ id: 1, note });
      await worker.clock.advance("1m");
    }
    expect(ran).toEqual(["1a at 5", "1b at 65"]);
  });

  it("runs at the latest so long after the first", async () => {
    const { order, ran, worker } = await open({ debounce: { wait: "5s", maxWait: "8s" } });
    for (let second = 0; second < 20; second++) {
      await order.delay({ id: second });
      await worker.clock.advance("1s");
    }
    await worker.clock.advance("1m");
    expect(ran).toEqual(["7 at 8", "15 at 16", "19 at 24"]);
  });

  it("takes the last of a list, and keeps a later time that a call names", async () => {
    const { order, ran, worker } = await open({ debounce: { wait: "5s" } });
    await order.delayMany([[{ id: 1 }], [{ id: 2 }], [{ id: 3 }]]);
    await worker.clock.advance("6s");
    await order.with({ countdown: "1h" }).delay({ id: 4 });
    await worker.clock.advance("2h");
    expect(ran).toEqual(["3 at 5", "4 at 3606"]);
  });

  it("ends the others also where no result is wanted", async () => {
    const { order, ran, worker } = await open({ debounce: { wait: "5s" }, ignoreResult: true });
    await order.delayMany([[{ id: 1 }], [{ id: 2 }]]);
    await worker.clock.advance("10s");
    expect(ran).toEqual(["2 at 5"]);
  });

  it("lets an eager call run at once", async () => {
    const { order, ran } = await open({ debounce: { wait: "5s" } }, { mode: "eager" });
    expect(await order.delay({ id: 1 }).get()).toBe("order 1");
    expect(ran).toEqual(["1 at 5"]);
  });
});
