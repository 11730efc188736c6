import { createApp, currentTask, task, type App, type StreamStubOf, type StubOf } from "@taskgen/core";
import { stub } from "@taskgen/core/internal";
import { createTestWorker, type TestWorker, type TestWorkerOptions } from "@taskgen/worker/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { deferred } from "../support/deferred.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";

const START = new Date("2030-01-01T00:00:00Z");

class Unreachable extends Error {}

/** Tasks of one test, and what they did. */
function createTasks(app: App) {
  const log: string[] = [];
  const gate = deferred();
  const at = (what: string): number => log.push(`${what} at +${currentTime() / 1_000}s`);
  let currentTime = (): number => 0;
  let failures = 0;
  const tasks = {
    add: task((x: number, y: number) => x + y),
    note: task((what: string) => void at(what)),
    flaky: task({ autoretryFor: [Unreachable], retryBackoff: true, retryJitter: false }, (times: number) => {
      at(`try ${currentTask().retries}`);
      if (failures++ < times) throw new Unreachable("503");
      return "reached";
    }),
    parent: task(async (x: number) => {
      const child = await stubs.add.with({ countdown: "1h" }).delay(x, 1);
      return child.id;
    }),
    waits: task(() => gate.promise),
    kinds: task((value: { readonly when: Date; readonly seen: Map<string, number> }) => {
      value.seen.set("changed", 1);
      return value.when instanceof Date && value.seen instanceof Map;
    }),
    rows: task(async function* (count: number) {
      for (let i = 1; i <= count; i++) yield i;
      return "done";
    }),
    silent: task({ ignoreResult: true }, () => void at("silent")),
  };
  const stubOf = <K extends keyof typeof tasks>(name: K): StubOf<(typeof tasks)[K]> => stub(app, name);
  const stubs = {
    add: stubOf("add"),
    note: stubOf("note"),
    flaky: stubOf("flaky"),
    parent: stubOf("parent"),
    waits: stubOf("waits"),
    rows: stub<StreamStubOf<typeof tasks.rows>>(app, "rows"),
    kinds: stubOf("kinds"),
    silent: stub<StubOf<typeof tasks.silent>>(app, "silent", { ignoreResult: true }),
  };
  const follow = (worker: TestWorker): void => {
    currentTime = () => worker.clock.now.getTime() - START.getTime();
  };
  return { tasks, stubs, log, gate, follow };
}

async function open(options: TestWorkerOptions = {}) {
  const app = createApp({ broker: `memory:${namespace()}` });
  onTestFinished(() => app.close());
  const own = createTasks(app);
  const worker = await createTestWorker({ app, tasks: own.tasks, now: START, ...options });
  onTestFinished(() => worker.stop());
  own.follow(worker);
  return { app, worker, ...own };
}

describe("a test worker", () => {
  expectNothingLeftRunning();

  it("runs what is sent, and tells how it ended", async () => {
    const { worker, stubs } = await open();
    const call = stubs.add.delay(4, 4);
    expect(await worker.completed(call)).toEqual({ ok: true, state: "SUCCESS", value: 8 });
    expect(await worker.completed((await call).id)).toMatchObject({ value: 8 });
    expect(await stubs.add.delay(1, 2).get()).toBe(3);
  });

  it("runs what is delayed when its clock gets there, in the order of the times", async () => {
    const { worker, stubs, log } = await open();
    await stubs.note.with({ countdown: "3h" }).delay("late");
    const first = await stubs.note.with({ countdown: "90s" }).delay("first");
    await stubs.note.with({ countdown: "40d" }).delay("far");
    expect(log).toEqual([]);
    expect(worker.clock.nextDue).toEqual(new Date(START.getTime() + 90_000));
    await expect(worker.completed(first)).rejects.toThrow(
      /note .* has not ended at 2030-01-01T00:00:00.000Z.*00:01:30/,
    );
    await worker.clock.advance("3h");
    expect(log).toEqual(["first at +90s", "late at +10800s"]);
    await worker.clock.advanceTo(new Date("2030-03-01T00:00:00Z"));
    expect(log).toHaveLength(3);
    expect(worker.clock.nextDue).toBeUndefined();
  });

  it("retries by its clock", async () => {
    const { worker, stubs, log } = await open();
    const call = await stubs.flaky.delay(4);
    await worker.idle();
    expect(await call.status()).toBe("RETRY");
    await worker.clock.advance("15s");
    expect(log).toEqual(["try 0 at +0s", "try 1 at +1s", "try 2 at +3s", "try 3 at +7s"]);
    expect(await worker.completed(call)).toMatchObject({ ok: false, state: "FAILURE" });
  });

  it("does not start what has expired by its clock", async () => {
    const { worker, stubs, log } = await open();
    const call = await stubs.note.with({ countdown: "10s", expires: "5s" }).delay("never");
    await worker.clock.advance("10s");
    expect(await worker.completed(call)).toMatchObject({ ok: false, state: "REVOKED" });
    expect(log).toEqual([]);
  });

  it("shows what was sent, calls of tasks included", async () => {
    const { worker, stubs } = await open();
    const parent = await stubs.parent.with({ headers: { tenant: "a" }, priority: 7, queue: "default" }).delay(4);
    await worker.idle();
    expect(worker.sent()).toHaveLength(2);
    expect(worker.sent(stubs.parent)).toMatchObject([
      { id: parent.id, task: "parent", args: [4], headers: { tenant: "a" }, priority: 7, eta: undefined },
    ]);
    const [child] = worker.sent(stubs.add);
    const [x, y]: [number, number] = child!.args;
    expect([x, y]).toEqual([4, 1]);
    expect(child).toMatchObject({ parentId: parent.id, eta: new Date(START.getTime() + 3_600_000) });
  });

  it("has arguments go through the codec", async () => {
    const { worker, stubs } = await open({ mode: "eager" });
    const value = { when: START, seen: new Map([["a", 1]]) };
    const call = await stubs.kinds.delay(value);
    expect(await worker.completed(call)).toMatchObject({ value: true });
    expect(value.seen.size).toBe(1);
    const unfit = { when: START, seen: new Map([["a", (() => 1) as unknown as number]]) };
    await expect(stubs.kinds.delay(unfit)).rejects.toMatchObject({ code: "NOT_SERIALIZABLE" });
  });

  it("says what still runs when it is waited for in vain", async () => {
    const { worker, stubs, gate } = await open({ timeout: "100ms" });
    const call = await stubs.waits.delay();
    await expect(worker.idle()).rejects.toThrow(`waits (${call.id}) runs`);
    gate.resolve();
    await worker.idle();
  });

  it("knows that a task ended which stores no result", async () => {
    const { worker, stubs, log } = await open();
    await stubs.silent.delay();
    await worker.idle();
    expect(log).toEqual(["silent at +0s"]);
  });

  it("tells the worker's events", async () => {
    const { worker, stubs } = await open();
    const failed: string[] = [];
    worker.on("task-retried", ({ task: name, delayMs }) => void failed.push(`${name} again in ${delayMs} ms`));
    await stubs.flaky.delay(1);
    await worker.idle();
    expect(failed).toEqual(["flaky again in 1000 ms"]);
  });
});

describe("a test worker with streams", () => {
  expectNothingLeftRunning();

  it.each(["worker", "eager"] as const)(
    "gives all items in the mode %s, also more than a task may be ahead",
    async (mode) => {
      const { stubs } = await open({ mode });
      for (const count of [0, 3, 2_500]) {
        const call = await stubs.rows.delay(count);
        const items: number[] = [];
        for await (const item of call.stream()) items.push(item);
        expect(items).toEqual(Array.from({ length: count }, (_, i) => i + 1));
        expect(await call.get()).toBe("done");
      }
    },
  );

  it("tells how it ended", async () => {
    const { worker, stubs } = await open();
    expect(await worker.completed(stubs.rows.delay(3))).toMatchObject({ ok: true, value: "done" });
  });
});

describe("an eager test worker", () => {
  expectNothingLeftRunning();

  it("ends a call before it resolves, whatever it waits for", async () => {
    const { worker, stubs, log } = await open({ mode: "eager" });
    await stubs.flaky.delay(2);
    expect(log).toEqual(["try 0 at +0s", "try 1 at +1s", "try 2 at +3s"]);
    await stubs.note.with({ countdown: "1d" }).delay("tomorrow");
    expect(log.at(-1)).toBe("tomorrow at +86403s");
    await stubs.note.delayMany([["a"], ["b"]]);
    expect(log).toHaveLength(6);
    expect(worker.clock.nextDue).toBeUndefined();
  });

  it("ends the calls of tasks too", async () => {
    const { worker, stubs } = await open({ mode: "eager" });
    const parent = await stubs.parent.delay(4);
    const [child] = worker.sent(stubs.add);
    expect(await worker.completed(child!.id)).toMatchObject({ value: 5 });
    expect(await parent.get()).toBe(child!.id);
  });
});

describe("a test worker that never runs", () => {
  expectNothingLeftRunning();

  it("records calls, of tasks that it does not know too", async () => {
    const { app, worker, log } = await open({ mode: "never", tasks: {} });
    await app.sendUnchecked("mail.send", ["ann"], { expires: "1m" });
    expect(worker.sent()).toMatchObject([
      { task: "mail.send", args: ["ann"], expires: new Date(START.getTime() + 60_000) },
    ]);
    expect(log).toEqual([]);
  });
});

describe("the app of a test worker", () => {
  expectNothingLeftRunning();

  it("has one at a time, and its own broker again afterwards", async () => {
    const { app, worker, tasks, stubs } = await open();
    await expect(createTestWorker({ app, tasks })).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await stubs.add.delay(1, 1);
    await worker.stop();
    await worker.stop();
    const later = await stubs.add.delay(1, 1);
    expect(await later.status()).toBe("PENDING");
    expect(worker.sent()).toHaveLength(1);
    await using next = await createTestWorker({ app, tasks });
    expect(await next.completed(stubs.add.delay(2, 2))).toMatchObject({ value: 4 });
  });
});
