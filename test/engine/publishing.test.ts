import { createApp, TransportError, type AppOptions, type PublishError } from "@taskgen/core";
import { canInspect, internalsOf, stub } from "@taskgen/core/internal";
import { describe, expect, it, onTestFinished } from "vitest";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { within } from "../support/within.js";
import { places, Scene } from "./scene.js";

const place = places.find(({ name }) => name === "sqlite, inline")!;

interface AnyStub {
  delayMany(argsList: readonly (readonly unknown[])[]): Promise<unknown>;
}

describe("publishing", () => {
  expectNothingLeftRunning();

  const open = (options?: AppOptions): Promise<Scene> => Scene.open(place, options);
  const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
    within(
      "the failure",
      promise.then(
        () => undefined,
        (error: unknown) => error,
      ),
    );

  it("refuses a date that is none, and headers that no worker could read", async () => {
    const { app } = await open();
    const never = new Date(Number.NaN);
    expect(await failureOf(app.sendUnchecked("add", [], { eta: never }))).toMatchObject({ code: "OPTION_INVALID" });
    expect(await failureOf(app.sendUnchecked("add", [], { expires: never }))).toMatchObject({ code: "OPTION_INVALID" });
    const numbers = { tenant: 5 } as unknown as Record<string, string>;
    expect(await failureOf(app.sendUnchecked("add", [], { headers: numbers }))).toMatchObject({
      code: "OPTION_INVALID",
    });
    const large = { trace: "x".repeat(70_000) };
    expect(await failureOf(app.sendUnchecked("add", [], { headers: large }))).toMatchObject({
      code: "NOT_SERIALIZABLE",
    });
    const text = { trace: "é".repeat(20_000) };
    await app.sendUnchecked("add", [], { headers: text });
  });

  it("tells of each call of many that cannot travel, and sends none", async () => {
    const told: PublishError[] = [];
    const { app } = await open({ onPublishError: (error) => told.push(error) });
    const add = stub<AnyStub>(app, "add");
    const error = await failureOf(add.delayMany([[1], [() => 1], [2], [Symbol("no")]]));
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors).toMatchObject([
      { code: "NOT_SERIALIZABLE", certain: true },
      { code: "NOT_SERIALIZABLE", certain: true },
    ]);
    expect(told).toEqual((error as AggregateError).errors);
    const { transport } = await internalsOf(app).connection();
    if (!canInspect(transport)) throw new Error("cannot be inspected");
    expect((await transport.depths()).flatMap(({ waiting }) => (waiting > 0 ? [waiting] : []))).toEqual([]);
  });

  it("is uncertain as soon as one try was", async () => {
    let tries = 0;
    const fail = (certain: boolean): never => {
      throw new TransportError("BROKER_UNAVAILABLE", "injected", { certain });
    };
    const failpoint = (name: string): void => {
      if (name === "send.after") fail(false);
      if (name === "send.before" && ++tries > 1) fail(true);
    };
    const { app } = await open({ ambient: { failpoint } });
    expect(await failureOf(app.sendUnchecked("add", []))).toMatchObject({ code: "ENQUEUE_UNKNOWN", certain: false });
    expect(tries).toBe(4);
  });

  it("is uncertain after an error that says nothing of it", async () => {
    const failpoint = (name: string): void => {
      if (name === "send.after") throw new Error("injected");
    };
    const { app } = await open({ ambient: { failpoint } });
    expect(await failureOf(app.sendUnchecked("add", []))).toMatchObject({ code: "ENQUEUE_UNKNOWN" });
  });

  it("takes times longer than a timer", async () => {
    const { app } = await open({ publishTimeout: "60d" });
    const call = await within("the call", app.sendUnchecked("add", [1, 1], { taskId: "far" }));
    const waiting = call.get({ timeout: "30d" });
    await expect(call.get({ timeout: "0.07s" })).rejects.toMatchObject({ code: "RESULT_TIMEOUT" });
    const { results } = await internalsOf(app).connection();
    const body = new TextEncoder().encode("2");
    await results.put([{ id: "far", state: "SUCCESS", body, ttlMs: 60_000 }]);
    expect(await waiting).toBe(2);
    await app.close({ timeout: "30d" });
  });

  it("gives the broker back when the result backend cannot be opened", async () => {
    const broker = `memory:${namespace()}`;
    const broken = createApp({ broker, backend: "nowhere:" });
    expect(await failureOf(broken.connect())).toMatchObject({ code: "BROKER_URL_INVALID" });
    await broken.close();
    const [first, second] = [createApp({ broker }), createApp({ broker })];
    onTestFinished(() => second.close());
    await first.sendUnchecked("add", [1, 1]);
    await first.close();
    const { transport } = await internalsOf(second).connection();
    if (!canInspect(transport)) throw new Error("cannot be inspected");
    expect(await transport.depths()).toEqual([]);
  });
});
