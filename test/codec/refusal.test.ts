import { runInNewContext } from "node:vm";
import { Readable } from "node:stream";
import { createCodec } from "@taskgen/core/codec";
import { CodecError } from "@taskgen/core";
import { describe, expect, it } from "vitest";

const codec = createCodec();

function refusal(value: unknown, what = "result"): CodecError {
  try {
    codec.encode(value, what);
  } catch (error) {
    expect(error).toBeInstanceOf(CodecError);
    expect(error).toMatchObject({ code: "NOT_SERIALIZABLE" });
    return error as CodecError;
  }
  throw new Error("it was not refused");
}

const nested = (levels: number): unknown => {
  let value: unknown = [];
  for (let i = 1; i < levels; i++) value = [value];
  return value;
};

describe("codec, paths of what is refused", () => {
  it("counts arguments from 1", () => {
    const error = refusal([{ items: [0, 1, { onDone: () => {} }] }], "argument");
    expect(error.path).toBe("argument 1 .items[2].onDone");
    expect(error.message).toBe(
      "[NOT_SERIALIZABLE] argument 1 .items[2].onDone is a function, which cannot travel; pass data instead",
    );
    expect(refusal([1, Symbol("s")], "argument").path).toBe("argument 2");
  });

  it("names anything else as it is told", () => {
    expect(refusal({ a: { b: () => {} } }).path).toBe("result .a.b");
    expect(refusal(() => {}).message).toMatch(/^\[NOT_SERIALIZABLE\] result is a function/);
  });

  it("goes through Maps, Sets, errors and odd keys", () => {
    expect(refusal(new Map([["k", { f: () => {} }]])).path).toBe("result .values()[0].f");
    expect(refusal(new Map([[() => {}, 1]])).path).toBe("result .keys()[0]");
    expect(refusal(new Set([1, () => {}])).path).toBe("result .values()[1]");
    expect(refusal(new Error("e", { cause: { f: () => {} } })).path).toBe("result .cause.f");
    expect(refusal(Object.assign(new Error("e"), { config: { f: () => {} } })).path).toBe("result .config.f");
    expect(refusal({ "two words": [() => {}] }).path).toBe('result ["two words"][0]');
  });
});

describe("codec, what is refused", () => {
  class Point {
    readonly x = 1;
  }
  class Dictionary extends Map {}
  class List extends Array {}
  const refused: Record<string, [value: unknown, reason: RegExp]> = {
    "a function": [() => {}, /is a function/],
    "a class": [Point, /is a function/],
    "a symbol": [Symbol("s"), /is a symbol/],
    "a symbol key": [{ [Symbol("secret")]: 1 }, /the key Symbol\(secret\)/],
    "a Promise": [Promise.resolve(1), /is a Promise.*await it/],
    "a RegExp": [/x/g, /is a RegExp.*source and flags/],
    "a WeakMap": [new WeakMap(), /is a WeakMap/],
    "a WeakSet": [new WeakSet(), /is a WeakSet/],
    "a WeakRef": [new WeakRef({}), /is a WeakRef/],
    "a Blob": [new Blob([]), /is a Blob/],
    "a web stream": [new ReadableStream(), /is a stream \(ReadableStream\)/],
    "a Node stream": [Readable.from([]), /is a stream \(Readable\)/],
    "a generator": [(function* () {})(), /is an iterator \(Generator\)/],
    "an async generator": [(async function* () {})(), /is an iterator \(AsyncGenerator\)/],
    "an iterator of a Map": [new Map().keys(), /is an iterator \(Map Iterator\)/],
    "an instance of a class": [new Point(), /the class Point/],
    "a subclass of Map": [new Dictionary(), /the class Dictionary/],
    "a subclass of Array": [new List(), /the class List/],
    "a boxed number": [new Number(1), /is a Number/],
    "a SharedArrayBuffer": [new SharedArrayBuffer(1), /is a SharedArrayBuffer/],
    "a Map of another realm": [runInNewContext("new Map()"), /the class Map/],
    "an own key __proto__": [JSON.parse('{"__proto__":{}}'), /__proto__ is a key/],
    "constructor.prototype": [{ constructor: { prototype: {} } }, /constructor leads to a key prototype/],
    // oxlint-disable-next-line no-sparse-arrays
    "a hole": [[1, , 2], /\[1\] is a hole/],
    "an Invalid Date": [new Date(NaN), /is an Invalid Date/],
    "a toJSON method": [{ toJSON: () => 1 }, /has a toJSON method/],
    "a hidden toJSON method": [Object.defineProperty({}, "toJSON", { value: () => 1 }), /has a toJSON method/],
    "a bigint without end": [10n ** 4096n, /bigint of more than 4096 digits/],
    "a negative bigint without end": [-(10n ** 4096n), /bigint of more than 4096 digits/],
    "too deep": [nested(65), /nests deeper than 64 levels/],
    "too many": [new Array(1_000_001).fill(0), /more than 1000000/],
    "too many places, none filled": [new Array(2 ** 32 - 1), /more than 1000000/],
    "too large": ["x".repeat(8 * 1024 * 1024), /takes 8388\d{3} bytes, more than the limit of 8388608/],
    "a getter that throws": [{ get a() { throw new Error("no access"); } }, /cannot be read: no access/], // prettier-ignore
    "a proxy that throws": [new Proxy({}, { ownKeys: () => { throw new Error("trap"); } }), /cannot be read: trap/], // prettier-ignore
  };

  it.each(Object.entries(refused))("%s", (_, [value, reason]) => {
    expect(refusal(value).message).toMatch(reason);
    expect(refusal({ at: new Map([["k", [1n, value]]]) }).message).toMatch(reason);
  });

  it("nothing at the limits", () => {
    for (const value of [nested(64), [nested(63), 1n], 10n ** 4096n - 1n, -(10n ** 4096n) + 1n]) {
      const text = codec.encode(value, "result");
      expect(codec.decode(new TextEncoder().encode(text))).toEqual(value);
    }
  });

  it("no plain object or array of another realm", () => {
    const value: unknown = runInNewContext('({ list: [1, { deep: "x" }], big: 10n })');
    const back = codec.decode(new TextEncoder().encode(codec.encode(value, "result")));
    expect(back).toStrictEqual({ list: [1, { deep: "x" }], big: 10n });
  });

  it("takes its own limits", () => {
    const small = createCodec({ maxBytes: 20, maxDepth: 2, maxNodes: 4, maxBigintDigits: 2 });
    expect(small.encode([[1], 2], "result")).toBe("[[1],2]");
    for (const value of [[[[1]]], [1, 2, 3, 4, 5], "é".repeat(10), [100n]]) {
      expect(() => small.encode(value, "result")).toThrow(CodecError);
    }
  });
});
