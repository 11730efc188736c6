import { createApp, PublishError, type App, type Stub, type StubOptions } from "@taskgen/core";
import { decodeMessage, internalsOf, stub, type Delivery, type Header, type Validator } from "@taskgen/core/internal";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { within } from "../support/within.js";
import { inspectorOf } from "./dead-letters.js";
// @ts-expect-error a fixture in plain JavaScript
import { NOW, validatorOf } from "./fixtures/contracts.js";

const validator = (validatorOf as (schema: z.ZodType) => Validator)(
  z.tuple([z.looseObject({ items: z.array(z.looseObject({ price: z.number() })) })]),
);
const valid = { items: [{ price: 1 }] };
const invalid = { items: [{ price: 1 }, { price: "2" }] };
const reason = "argument 1 .items[1].price: Invalid input: expected number, received string";

describe("a caller with a contract", () => {
  expectNothingLeftRunning();

  const open = (options: object = {}): App<{ total: Stub<unknown[], number> }> => {
    const app = createApp<{ total: Stub<unknown[], number> }>({ broker: `memory:${namespace()}`, ...options });
    onTestFinished(() => app.close());
    return app;
  };
  const stubOf = (app: App<never>, options: StubOptions): Stub<unknown[], number> => stub(app, "total", options);

  /** The headers of the next messages of the default queue. */
  const headers = async (app: App<never>, count: number): Promise<readonly Header[]> => {
    const { transport } = await internalsOf(app).connection();
    const taken: Delivery[] = [];
    const all = new Promise<void>((resolve, reject) => {
      const take = (batch: readonly Delivery[]): void => {
        taken.push(...batch);
        if (taken.length >= count) resolve();
      };
      transport.consume("default", count, take).catch(reject);
    });
    await within("the messages", all);
    return taken.map(({ envelope }) => decodeMessage(envelope.body).header);
  };

  it("sends the hash of its stub with every call, whatever the call's options", async () => {
    const app = open();
    const total = stubOf(app, { hash: NOW as string, priority: 5 });
    await total.delay(valid);
    await total.applyAsync([valid], { priority: 3 });
    await total
      .with({ headers: { tenant: "a" } })
      .with({ hash: "0".repeat(16) } as object)
      .delay(valid);
    await total.delayMany([[valid]]);
    expect((await headers(app, 4)).map(({ task, hash }) => ({ task, hash }))).toEqual(
      Array.from({ length: 4 }, () => ({ task: "total", hash: NOW as string })),
    );
  });

  it("sends none by name, nor from a stub without one", async () => {
    const app = open();
    await app.send("total", [valid]);
    await app.sendUnchecked("total", [valid], { hash: NOW } as object);
    await stubOf(app, {}).delay(valid);
    expect(await headers(app, 3)).toEqual(Array.from({ length: 3 }, () => ({ v: 1, task: "total" })));
  });

  it("refuses arguments that do not fit before they are sent", async () => {
    const app = open();
    const total = stubOf(app, { hash: NOW as string, args: validator });
    const error: unknown = await total.delay(invalid).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(PublishError);
    expect(error).toMatchObject({ code: "INVALID_ARGUMENTS", certain: true, taskName: "total" });
    expect((error as PublishError).message).toBe(`[INVALID_ARGUMENTS] call of total: ${reason}`);
    const unreadable = Object.defineProperty({}, "items", { enumerable: true, get: () => expect.fail("read") });
    await expect(total.delay(unreadable)).rejects.toMatchObject({ code: "NOT_SERIALIZABLE" });
    await expect(total.applyAsync([])).rejects.toMatchObject({ code: "INVALID_ARGUMENTS" });
    await expect(total.with({ priority: 1 }).delay(invalid).get()).rejects.toMatchObject({ code: "INVALID_ARGUMENTS" });
    await total.delay(valid);
    expect(await (await inspectorOf(app)).depths()).toMatchObject([{ queue: "default", waiting: 1 }]);
  });

  it("sends none of many where one does not fit", async () => {
    const app = open();
    const total = stubOf(app, { args: validator });
    const error: unknown = await total
      .delayMany([[valid], [invalid], [valid], []])
      .catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors).toMatchObject([
      { code: "INVALID_ARGUMENTS" },
      { code: "INVALID_ARGUMENTS" },
    ]);
    await total.delay(valid);
    expect(await (await inspectorOf(app)).depths()).toMatchObject([{ waiting: 1 }]);
  });

  it("tells a floating call's refusal to the app's handler", async () => {
    const refusals: PublishError[] = [];
    const app = open({ onPublishError: (error: PublishError) => refusals.push(error) });
    await stubOf(app, { args: validator })
      .delay(invalid)
      .catch(() => {});
    expect(refusals).toMatchObject([{ code: "INVALID_ARGUMENTS" }]);
  });
});
