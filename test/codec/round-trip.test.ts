import { createCodec } from "@taskgen/core/codec";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyGraph, anyValue, jsonValue } from "../support/arbitrary-values.js";
import { assertSameGraph } from "../support/same-graph.js";

const codec = createCodec();
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const roundTrip = (value: unknown): unknown => codec.decode(bytesOf(codec.encode(value, "result")));

/** What `value` is expected to come back as: itself, but for the classes of errors. */
function withPlainErrors(value: unknown, seen = new Set<unknown>()): unknown {
  if (typeof value !== "object" || value === null || seen.has(value)) return value;
  seen.add(value);
  const { name } = value as Error;
  if (value instanceof Error && name !== "Error") {
    Object.setPrototypeOf(value, Error.prototype);
    Object.defineProperty(value, "name", { value: name, configurable: true, writable: true });
  }
  const insides = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : Object.values(value);
  for (const inside of value instanceof Error ? [...insides, value.cause] : insides) withPlainErrors(inside, seen);
  return value;
}

describe("codec, there and back", () => {
  it("carries JSON as JSON", () => {
    fc.assert(
      fc.property(jsonValue(), (value) => {
        expect(codec.encode(value, "result")).toBe(JSON.stringify(value));
        assertSameGraph(roundTrip(value), value);
      }),
    );
  });

  it("carries trees of everything it claims", () => {
    fc.assert(
      fc.property(anyValue(), (value) => {
        const back = roundTrip(value);
        assertSameGraph(back, withPlainErrors(value));
      }),
      { numRuns: 300 },
    );
  });

  it("carries graphs with shared references and cycles", () => {
    fc.assert(
      fc.property(anyGraph(), (value) => {
        assertSameGraph(roundTrip(value), value);
      }),
      { numRuns: 500 },
    );
  });

  it("writes the same text for what came back", () => {
    fc.assert(
      fc.property(anyGraph(), (value) => {
        const text = codec.encode(value, "result");
        expect(codec.encode(codec.decode(bytesOf(text)), "result")).toBe(text);
      }),
    );
  });

  it("takes one byte for the result of a task that returns nothing", () => {
    expect(codec.encode(undefined, "result")).toBe("~");
    expect(codec.decode(bytesOf("~"))).toBeUndefined();
  });

  it("does not expand what is shared many times over", () => {
    let value: unknown[] = ["leaf"];
    for (let i = 0; i < 40; i++) value = [value, value];
    const text = codec.encode(value, "result");
    expect(text.length).toBeLessThan(6000);
    assertSameGraph(codec.decode(bytesOf(text)), value);
  });

  it("keeps the order of Sets and Maps that hold shared objects", () => {
    const shared = { a: 1 };
    const back = roundTrip([
      shared,
      new Set([1, shared, 2]),
      new Map<unknown, unknown>([
        [shared, "x"],
        ["k", shared],
      ]),
    ]);
    const [object, set, map] = back as [object, Set<unknown>, Map<unknown, unknown>];
    expect([...set]).toEqual([1, object, 2]);
    expect([...map.keys()]).toEqual([object, "k"]);
    expect(map.get("k")).toBe(object);
  });
});

describe("codec, what comes back", () => {
  it("is a Buffer for a Buffer, of the bytes that it shows and no more", () => {
    const back = roundTrip(Buffer.from("0123456789").subarray(2, 5)) as Buffer;
    expect(Buffer.isBuffer(back)).toBe(true);
    expect(back.toString()).toBe("234");
    expect(back.buffer.byteLength).toBe(3);
  });

  it("is an Error of the same name for an error of any class", () => {
    class CardDeclined extends Error {
      override readonly name = "CardDeclined";
      readonly code = "CARD_DECLINED";
      readonly attempts = new Map([["visa", 2n]]);
    }
    const error = new CardDeclined("no funds", { cause: new TypeError("inner") });
    const back = roundTrip(error) as CardDeclined;
    expect(Object.getPrototypeOf(back)).toBe(Error.prototype);
    expect(back).toMatchObject({
      name: "CardDeclined",
      message: "no funds",
      code: "CARD_DECLINED",
      stack: error.stack,
    });
    expect(back.attempts).toEqual(new Map([["visa", 2n]]));
    expect(back.cause).toMatchObject({ name: "TypeError", message: "inner" });
    expect(Object.keys(back).toSorted()).toEqual(["attempts", "code"]);
  });

  it("has the errors of an AggregateError and the code of a DOMException", () => {
    const [aggregate, exception] = roundTrip([
      new AggregateError([new Error("a"), "b"], "both"),
      new DOMException("stop", "AbortError"),
    ]) as [AggregateError, DOMException];
    expect(aggregate.errors).toEqual([new Error("a"), "b"]);
    expect(Object.keys(aggregate)).toEqual([]);
    expect(exception).toMatchObject({ name: "AbortError", message: "stop", code: DOMException.ABORT_ERR });
  });

  it("is a plain object for one without prototype", () => {
    const bare = Object.assign(Object.create(null) as object, { a: 1n });
    expect(Object.getPrototypeOf(roundTrip(bare))).toBe(Object.prototype);
    expect(roundTrip(bare)).toEqual({ a: 1n });
  });

  it("has keys constructor and prototype as data, with and without other things that JSON cannot say", () => {
    const team = { constructor: "Ferrari", prototype: { id: 1 } };
    for (const value of [team, { ...team, since: new Date(0) }, [team, team]]) assertSameGraph(roundTrip(value), value);
    expect((roundTrip(team) as object) instanceof Object).toBe(true);
  });

  it("is not touched by a toJSON that someone put on bigint", () => {
    const prototype = BigInt.prototype as { toJSON?: () => string };
    prototype.toJSON = () => "patched";
    try {
      expect(roundTrip([1n])).toEqual([1n]);
    } finally {
      delete prototype.toJSON;
    }
  });
});
