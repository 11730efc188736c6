import { ResultError, type App, type TaskError } from "@taskgen/core";
import { canInspect, encodeMessage, internalsOf, type Envelope } from "@taskgen/core/internal";
import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { within } from "../support/within.js";
// @ts-expect-error a fixture in plain JavaScript
import { apps, CardDeclined } from "./fixtures/tasks.js";
import { elsewhere, nextEvent, places, Scene, sharedScene } from "./scene.js";

const here = [...places, elsewhere];

const failure = async (scene: Scene, task: string, args: readonly unknown[] = []): Promise<TaskError> => {
  const settled = await (await scene.app.sendUnchecked(task, args)).settled({ timeout: "60s" });
  if (settled.ok || settled.declared) throw new Error(`${task} did not fail`);
  return settled.error;
};

const raw = (id: string, body: Uint8Array, more: Partial<Envelope> = {}): Envelope => ({
  id,
  queue: "default",
  priority: 4,
  body,
  ...more,
});

const sendRaw = async (scene: Scene, ...envelopes: readonly Envelope[]): Promise<void> => {
  const { transport } = await internalsOf(scene.app).connection();
  const outcomes = await transport.send(envelopes, AbortSignal.timeout(5_000));
  expect(outcomes).toEqual(envelopes.map(() => "stored"));
};

/** The reasons of dead letters, once all `ids` are there: where two stores are involved the result is told first. */
const deadLetters = async (scene: Scene, ids: readonly string[]): Promise<Map<string, string>> => {
  const { transport } = await internalsOf(scene.app).connection();
  if (!canInspect(transport)) throw new Error("cannot be inspected");
  const probe = async (): Promise<Map<string, string> | undefined> => {
    const dead = await transport.dead("default", 1_000);
    const reasons = new Map(dead.map(({ envelope, reason }) => [envelope.id, reason]));
    return ids.every((id) => reasons.has(id)) ? reasons : undefined;
  };
  return eventually(probe, { what: "the dead letters" });
};

describe.each(here)("what tasks come to on $name", (place) => {
  const shared = sharedScene(
    place,
    { killGrace: "100ms", unknownTasks: { maxParks: 2, backoff: "1ms" } },
    { errors: [CardDeclined] },
  );

  it("runs a task and gives back its value", async () => {
    const { scene } = shared;
    expect(await scene.app.sendUnchecked("add", [4, 4]).get({ timeout: "60s" })).toBe(8);
    expect(await scene.app.sendUnchecked("greet", []).get({ timeout: "60s" })).toBe("hello you");
    expect(await scene.app.sendUnchecked("add", [1n, 2n]).get({ timeout: "60s" })).toBe(3n);
  });

  it("rebuilds a remote failure with its cause and its stack", async () => {
    const { scene } = shared;
    const error = await failure(scene, "boom");
    expect(error).toMatchObject({ code: "TASK_FAILURE", state: "FAILURE", taskName: "boom" });
    expect(error.message).toContain("RangeError: boom");
    expect(error.cause).toMatchObject({ name: "RangeError", message: "boom", cause: { message: "deeper" } });
  });

  it("brings a declared error back as itself, with its data", async () => {
    const { scene } = shared;
    const settled = await (await scene.app.sendUnchecked("decline", [12n])).settled({ timeout: "60s" });
    if (settled.ok || !settled.declared) throw new Error("not a declared error");
    expect(settled.error).toBeInstanceOf(CardDeclined);
    expect(settled.error).toMatchObject({ code: "CARD_DECLINED", balance: 12n });
  });

  it("fails a task whose result cannot travel, without running it again", async () => {
    const { scene } = shared;
    expect(await failure(scene, "unencodable")).toMatchObject({ code: "NOT_SERIALIZABLE", state: "FAILURE" });
  });

  it("retries as often as the task asks, and fails with the cause when no retry is left", async () => {
    const { scene } = shared;
    expect(await scene.app.sendUnchecked("flaky", [3]).get({ timeout: "60s" })).toBe(3);
    expect((await failure(scene, "flaky", [4])).message).toContain("attempt 3");
    expect((await failure(scene, "autoretried")).message).toContain("RangeError: again");
  });

  it("ends as the task's control errors say", async () => {
    const { scene } = shared;
    expect(await failure(scene, "ignore")).toMatchObject({ state: "IGNORED", code: "TASK_IGNORED" });
    const call = await scene.app.sendUnchecked("reject", ["wrong door"]);
    await expect(call.get({ timeout: "60s" })).rejects.toMatchObject({ state: "REJECTED" });
    expect((await deadLetters(scene, [call.id])).get(call.id)).toContain("wrong door");
  });

  it("stores no result for a call or a task that ignores it", async () => {
    const { scene, worker } = shared;
    const call = scene.app.sendUnchecked("add", [1, 1], { ignoreResult: true });
    const done = nextEvent(worker, "task-succeeded", call.id);
    await expect(call.get()).rejects.toMatchObject({ code: "RESULT_IGNORED" });
    await done;
  });

  it("tells a caller that cannot know it that a task stores no value", async () => {
    const { scene } = shared;
    expect(await failure(scene, "silent")).toMatchObject({ state: "IGNORED", code: "TASK_IGNORED" });
    expect(await scene.app.sendUnchecked("silent", [], { ignoreResult: false }).get({ timeout: "60s" })).toBe(1);
  });

  it("runs a task that is acknowledged early", async () => {
    const { scene } = shared;
    expect(await scene.app.sendUnchecked("early", [7]).get({ timeout: "60s" })).toBe(7);
  });

  it("stores STARTED for a tracked task", async () => {
    const { scene, worker } = shared;
    const call = scene.app.sendUnchecked("tracked", [1]);
    const started = nextEvent(worker, "task-started", call.id);
    expect(await call.get({ timeout: "60s" })).toBe(1);
    expect(await started).toMatchObject({ task: "tracked" });
  });

  it("gives a task its context", async () => {
    const { scene } = shared;
    const call = await scene.app.sendUnchecked("context", [], { headers: { tenant: "acme" } });
    expect(await call.get({ timeout: "60s" })).toEqual({
      id: call.id,
      name: "context",
      retries: 0,
      redeliveries: 0,
      rootId: call.id,
      parentId: undefined,
      headers: { tenant: "acme" },
      idempotencyKey: call.id,
    });
  });

  it("takes from the queues that its tasks name", async () => {
    const { scene, worker } = shared;
    expect(worker.info?.queues).toEqual(["default", "elsewhere"]);
    expect(await scene.app.sendUnchecked("elsewhere", [], { queue: "elsewhere" }).get({ timeout: "60s" })).toBe(
      "elsewhere",
    );
  });

  it("does not run a task before its time", async () => {
    const { scene } = shared;
    const eta = new Date(Date.now() + 150);
    const call = await scene.app.sendUnchecked("add", [1, 1], { eta });
    await call.get({ timeout: "60s" });
    expect(Date.now()).toBeGreaterThanOrEqual(eta.getTime());
  });

  it("parks what it does not know, then gives it up as a dead letter", async () => {
    const { scene, worker } = shared;
    const call = scene.app.sendUnchecked("nobody.knows", []);
    expect(await nextEvent(worker, "task-parked", call.id)).toMatchObject({ task: "nobody.knows" });
    await expect(call.get({ timeout: "60s" })).rejects.toMatchObject({ state: "REJECTED", code: "UNKNOWN_TASK" });
    expect((await deadLetters(scene, [call.id])).get(call.id)).toContain("UNKNOWN_TASK");
  });

  it("stops a task at its time limit, and aborts its signal at its soft one", async () => {
    const { scene } = shared;
    expect(await failure(scene, "limited")).toMatchObject({ code: "TIME_LIMIT_EXCEEDED" });
    expect(await failure(scene, "softlyLimited")).toMatchObject({ code: "SOFT_TIME_LIMIT_EXCEEDED" });
  });
});

describe.each(here)("a worker on $name", (place) => {
  expectNothingLeftRunning();

  it("runs what was sent before it started", async () => {
    const scene = await Scene.open(place);
    const calls = await Promise.all(Array.from({ length: 500 }, (_, i) => scene.app.sendUnchecked("add", [i, 1])));
    await scene.worker();
    const values = await Promise.all(calls.map((call) => call.get({ timeout: "60s" })));
    expect(values).toEqual(calls.map((_, i) => i + 1));
  });

  it("tells what is known of a task: state, value, failure", async () => {
    const scene = await Scene.open(place);
    const sum = await scene.app.sendUnchecked("add", [1, 2]);
    expect(await sum.status()).toBe("PENDING");
    expect(await sum.ready()).toBe(false);
    await scene.worker();
    await sum.get({ timeout: "60s" });
    expect([await sum.status(), await sum.ready(), await sum.successful(), await sum.failed()]).toEqual([
      "SUCCESS",
      true,
      true,
      false,
    ]);
    const broken = await scene.app.sendUnchecked("boom", []);
    await broken.settled({ timeout: "60s" });
    expect([await broken.status(), await broken.successful(), await broken.failed()]).toEqual(["FAILURE", false, true]);
    expect(await broken.traceback()).toContain("tasks.js");
    await sum.forget();
    expect(await sum.status()).toBe("PENDING");
  });

  it("revokes what expired, before and without running it", async () => {
    const scene = await Scene.open(place);
    const call = await scene.app.sendUnchecked("add", [1, 1], { expires: new Date(Date.now() - 1) });
    await scene.worker();
    await expect(call.get({ timeout: "60s" })).rejects.toMatchObject({ state: "REVOKED", code: "TASK_EXPIRED" });
  });

  it("sends the same id once", async () => {
    const scene = await Scene.open(place);
    const first = await scene.app.sendUnchecked("add", [1, 1], { taskId: "the-one" });
    const second = await scene.app.sendUnchecked("add", [5, 5], { taskId: "the-one" });
    await scene.worker();
    expect([await first.get({ timeout: "60s" }), await second.get({ timeout: "60s" })]).toEqual([2, 2]);
  });

  it("hands a parked task to the worker that knows it", async () => {
    const scene = await Scene.open(place);
    // @ts-expect-error a fixture in plain JavaScript
    const { registry } = await import("./fixtures/empty-registry.js");
    const ignorant = await scene.worker({ registry, unknownTasks: { backoff: "1ms" } });
    const parked = nextEvent(ignorant, "task-parked");
    const call = await scene.app.sendUnchecked("add", [2, 2]);
    await parked;
    await ignorant.stop();
    await scene.worker();
    expect(await call.get({ timeout: "60s" })).toBe(4);
  });

  it("makes dead letters of hostile messages, and goes on", async () => {
    const scene = await Scene.open(place, { limits: { maxBigintDigits: 1_000 } });
    const worker = await scene.worker({ unknownTasks: { maxParks: 0 } });
    const text = (value: string): Uint8Array => new TextEncoder().encode(value);
    const call = (args: string): Uint8Array => encodeMessage({ v: 1, task: "add" }, args);
    const hostile: Record<string, Uint8Array> = {
      empty: new Uint8Array(),
      "no-header": text("[4,4]"),
      "not-json": text("{\n[4,4]"),
      "not-utf8": Uint8Array.of(0xff, 0xfe, 0x0a, 0x5b, 0x5d),
      "header-of-wrong-shape": text('{"v":1,"task":5}\n[]'),
      "header-null": text("null\n[]"),
      "args-not-json": call("[4,"),
      "args-not-a-list": call('{"0":4}'),
      "args-proto": call('[{"__proto__":{"polluted":true}}]'),
      "args-deep": call("[".repeat(100_000) + "]".repeat(100_000)),
      "args-bigint": call(`~{"json":["${"9".repeat(1_000_000)}"],"meta":{"values":{"0":["bigint"]}}}`),
      "args-forged-meta": call('~{"json":[1],"meta":{"values":{"__proto__.polluted":["Date"]}}}'),
      "unknown-version": text('{"v":99,"task":"add"}\n[4,4]'),
    };
    const ids = Object.keys(hostile);
    const { results } = await internalsOf(scene.app).connection();
    const replyTo = results.address?.();
    await sendRaw(scene, ...ids.map((id) => raw(id, hostile[id]!, { replyTo })));
    const records = await Promise.all(ids.map((id) => results.wait(id, AbortSignal.timeout(10_000))));
    expect(records.map(({ state }) => state)).toEqual(ids.map(() => "REJECTED"));
    const dead = await deadLetters(scene, ids);
    expect(ids.filter((id) => !dead.get(id))).toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(await scene.app.sendUnchecked("add", [4, 4]).get({ timeout: "60s" })).toBe(8);
    expect((await worker.stop()).clean).toBe(true);
  });

  it("finishes what runs when it is stopped", async () => {
    const scene = await Scene.open(place);
    const worker = await scene.worker();
    const started = nextEvent(worker, "task-received");
    const call = await scene.app.sendUnchecked("add", [2, 3]);
    await started;
    expect(await within("a clean stop", worker.stop())).toEqual({ clean: true });
    const next = await scene.worker();
    expect(await call.get({ timeout: "60s" })).toBe(5);
    expect(await within("another clean stop", next.stop())).toEqual({ clean: true });
  });

  it("aborts and hands back what outlives the grace period", async () => {
    const scene = await Scene.open(place);
    const worker = await scene.worker();
    const started = nextEvent(worker, "task-started");
    const call = await scene.app.sendUnchecked("stubborn", []);
    await started;
    expect(await within("the stop", worker.stop({ gracePeriod: "50ms" }))).toEqual({ clean: false });
    expect(await call.ready()).toBe(false);
    const next = scene.newWorker();
    const again = nextEvent(next, "task-received", call.id);
    await next.start();
    expect(await again).toMatchObject({ id: call.id });
  });

  it("lets a task wait for others, however few run at once", async () => {
    const scene = await Scene.open(place);
    await scene.worker({ concurrency: 1 });
    const { prefix, where } = scene;
    expect(await scene.app.sendUnchecked("countdown", [where, 3]).get({ timeout: "60s" })).toBe(3);
    expect(await failure(scene, "starving", [where])).toMatchObject({ code: "JOIN_IN_TASK" });
    await (apps as Record<string, App>)[prefix]?.close();
  });

  it("times out a wait that nobody ends, naming the store", async () => {
    const scene = await Scene.open(place);
    const call = await scene.app.sendUnchecked("add", [1, 1]);
    const error = await call.get({ timeout: "20ms" }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ResultError);
    expect(error).toMatchObject({ code: "RESULT_TIMEOUT" });
    const controller = new AbortController();
    const aborted = call.get({ signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(aborted).rejects.toMatchObject({ code: "RESULT_ABORTED" });
  });
});
