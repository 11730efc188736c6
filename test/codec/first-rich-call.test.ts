import { createApp, PublishError, type App } from "@taskgen/core";
import { createCodec } from "@taskgen/core/codec";
import { internalsOf, type Delivery } from "@taskgen/core/internal";
import * as fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { anyGraph, anyValue } from "../support/arbitrary-values.js";
import { deferred } from "../support/deferred.js";
import { namespace } from "../support/namespace.js";
import { assertSameGraph } from "../support/same-graph.js";
import { within } from "../support/within.js";

const codec = createCodec();

/** The arguments of a message. */
function argumentsOf({ envelope: { body } }: Delivery): unknown {
  return codec.decode(body.subarray(body.indexOf(10) + 1));
}

/** An app whose encoder for more than plain JSON has not loaded, and what it sends, batch by batch. */
async function open() {
  const app = createApp({ broker: `memory:${namespace()}` });
  onTestFinished(() => app.close());
  const batches: (readonly Delivery[])[] = [];
  const { transport } = await internalsOf(app).connection();
  const all = deferred();
  await transport.consume("default", 100, (batch) => {
    batches.push(batch);
    if (batches.flat().length === expected) all.resolve();
  });
  let expected = 0;
  return {
    app,
    batches,
    received: async (count: number): Promise<readonly Delivery[]> => {
      expected = count;
      if (batches.flat().length < count) await within("all messages", all.promise);
      return batches.flat();
    },
  };
}

const send = (app: App, ...args: unknown[]) => app.sendUnchecked("task", args);

/** What the first call of an app sends. */
async function asFirstCall(value: unknown): Promise<unknown> {
  const { app, received } = await open();
  const call = send(app, value);
  const [message] = await received(1);
  await call;
  return argumentsOf(message!);
}

describe("the first call with more than plain JSON", () => {
  it("goes in its turn", async () => {
    const { app, received } = await open();
    await send(app, "before");
    const calls = [send(app, 1), send(app, new Date(2)), send(app, 3), send(app, 4n), send(app, 5)];
    const many = app.sendUnchecked("task", [6]);
    await Promise.all([...calls, many]);
    const messages = await received(7);
    expect(messages.map(argumentsOf)).toEqual([["before"], [1], [new Date(2)], [3], [4n], [5], [6]]);
  });

  it("goes with those of its tick when it is the app's first of all", async () => {
    const { app, batches, received } = await open();
    await Promise.all([send(app, 1), send(app, new Date(2)), send(app, 3)]);
    expect((await received(3)).map(argumentsOf)).toEqual([[1], [new Date(2)], [3]]);
    expect(batches.map(({ length }) => length)).toEqual([3]);
  });

  it("has the arguments as they were at the call", async () => {
    const { app, received } = await open();
    const [date, bytes, url, error] = [new Date(1), Buffer.from("old"), new URL("old:"), new Error("old")];
    const value = { date, bytes, url, error, map: new Map([[{ key: 1 }, [2]]]), set: new Set([3]) };
    const call = send(app, value);
    date.setTime(2);
    bytes.fill("x");
    url.pathname = "new";
    error.message = "new";
    value.map.clear();
    value.set.add(4);
    await call;
    const [sent] = argumentsOf((await received(1))[0]!) as [typeof value];
    expect(sent.date).toEqual(new Date(1));
    expect(sent.bytes).toEqual(Buffer.from("old"));
    expect(sent.url.href).toBe("old:");
    expect(sent.error.message).toBe("old");
    expect(sent.map).toEqual(new Map([[{ key: 1 }, [2]]]));
    expect(sent.set).toEqual(new Set([3]));
  });

  it("sends what an encoder would that is there", async () => {
    const property = fc.asyncProperty(fc.oneof(anyValue(), anyGraph()), async (value) => {
      const text = codec.encode([value], "argument");
      assertSameGraph(await asFirstCall(value), codec.decode(Buffer.from(text)));
    });
    await fc.assert(property, { numRuns: 15 });
  });

  it("is refused as another one is, and holds up nobody", async () => {
    const { app, received } = await open();
    const list = [1, , 3]; // oxlint-disable-line no-sparse-arrays -- what cannot travel
    class Point {
      readonly x = 1;
    }
    const refused = [() => 1, list, new Point(), [new Point()], new (class extends Date {})(), { get a() { throw new Error("no") } }]; // prettier-ignore
    const calls = refused.map((value) => send(app, value));
    const other = send(app, "other");
    const ends = await Promise.allSettled(calls);
    for (const [i, end] of ends.entries()) {
      const { reason } = end as PromiseRejectedResult;
      expect(reason).toBeInstanceOf(PublishError);
      expect(reason).toMatchObject({ code: "NOT_SERIALIZABLE", certain: true });
      const again = await send(app, refused[i]).catch((error: unknown) => error);
      const withoutId = (error: unknown): string => (error as Error).message.replace(/[\da-f-]{36}/g, "");
      expect(withoutId(reason)).toBe(withoutId(again));
    }
    await other;
    expect((await received(1)).map(argumentsOf)).toEqual([["other"]]);
  });

  it("takes all calls of a list or none", async () => {
    const { app, received } = await open();
    const { publisher } = internalsOf(app);
    const calls = publisher.publishMany({ name: "task" }, [[1n], [() => 1], [Symbol("a")], [4]], {});
    const error = (await calls.catch((error: unknown) => error)) as AggregateError;
    expect(error.errors.map((each: PublishError) => each.code)).toEqual(["NOT_SERIALIZABLE", "NOT_SERIALIZABLE"]);
    await publisher.publishMany({ name: "task" }, [[new Map()], [2]], {});
    expect((await received(2)).map(argumentsOf)).toEqual([[new Map()], [2]]);
  });
});
