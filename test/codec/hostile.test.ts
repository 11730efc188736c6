import { CodecError } from "@taskgen/core";
import { createCodec } from "@taskgen/core/codec";
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { anyValue } from "../support/arbitrary-values.js";

const codec = createCodec();
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function refusal(bytes: Uint8Array | string): CodecError {
  try {
    codec.decode(typeof bytes === "string" ? bytesOf(bytes) : bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(CodecError);
    expect(error).toMatchObject({ code: "NOT_DECODABLE" });
    return error as CodecError;
  }
  throw new Error("it was not refused");
}

/** Without an assertion's cost, for properties. */
function expectNotDecodable(error: unknown): void {
  if (!(error instanceof CodecError) || error.code !== "NOT_DECODABLE") throw error;
}

const rich = (json: unknown, values: unknown, more: object = {}): string =>
  `~${JSON.stringify({ json, meta: { values, v: 1 }, ...more })}`;

const PROTOTYPE_KEYS = Reflect.ownKeys(Object.prototype);

afterEach(() => {
  expect(Reflect.ownKeys(Object.prototype)).toEqual(PROTOTYPE_KEYS);
});

describe("codec, texts that are not what it writes", () => {
  const texts: Record<string, string> = {
    empty: "",
    "white space": " ",
    truncated: '{"a":',
    "two values": "1 2",
    "no JSON": "undefined",
    "NaN bare": "[NaN]",
    "a byte order mark": "\ufeff[1]",
    "a tilde and no payload": "~1",
    "a tilde twice": "~~",
    "a tilde and an array": "~[]",
    "no json": '~{"meta":{"values":["Date"],"v":1}}',
    "an unknown field": '~{"json":1,"more":1}',
    "old paths": '~{"json":"1","meta":{"values":["bigint"],"v":0}}',
    "no version": '~{"json":"1","meta":{"values":["bigint"]}}',
    "superjson's own shared references": '~{"json":[{},null],"meta":{"referentialEqualities":{"0":["1"]},"v":1}}',
  };
  it.each(Object.entries(texts))("%s", (_, text) => {
    refusal(text);
  });

  it.each([
    ["a lone continuation", [0x22, 0x80, 0x22]],
    ["an overlong form", [0x22, 0xc0, 0xaf, 0x22]],
    ["a surrogate", [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ["a sequence that is cut", [0x22, 0xe2, 0x82]],
  ])("bytes that are not UTF-8: %s", (_, bytes) => {
    refusal(Uint8Array.from(bytes));
  });

  it("says in words what is wrong", () => {
    expect(refusal("[".repeat(100_000)).message).toBe("[NOT_DECODABLE] the text nests deeper than 64 levels");
    expect(refusal('{"__proto__":1}').message).toBe("[NOT_DECODABLE] the text has an object with the key __proto__");
    expect(refusal("{").cause).toBeInstanceOf(SyntaxError);
  });
});

describe("codec, keys that lead to a prototype", () => {
  it.each([
    '{"__proto__":{"polluted":true}}',
    '[{"a":[{"\\u005f_proto__":{"polluted":true}}]}]',
    '{"constructor":{"prototype":{"polluted":true}}}',
    '{"c\\u006fnstructor":{"prototype":{}}}',
    '{"prototype":{}}',
    '~{"json":{"__proto__":{"polluted":true}},"meta":{"values":{"a":["undefined"]},"v":1}}',
    '~{"__proto__":{"json":1},"json":1}',
    rich([["__proto__", 1]], [["custom", "object"]]),
    rich([["constructor", { prototype: 1 }]], [["custom", "object"]]),
    rich({ name: "Error", message: "", own: [["__proto__", { polluted: true }]] }, [
      ["custom", "error"],
      { own: [["custom", "object"]] },
    ]),
    rich({ a: {} }, { "a.__proto__.polluted": ["undefined"] }),
    rich({ a: {} }, { "a.constructor.prototype.polluted": ["undefined"] }),
    rich({}, { "toString.x": ["undefined"] }),
  ])("%s", (text) => {
    refusal(text);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it("as words in a text they are harmless", () => {
    const value = ["__proto__", { text: "constructor \u001b prototype" }];
    expect(codec.decode(bytesOf(JSON.stringify(value)))).toEqual(value);
  });
});

describe("codec, forged annotations", () => {
  const forged: Record<string, string> = {
    "a RegExp": rich("/(a+)+$/", ["regexp"]),
    "a symbol": rich("s", [["symbol", "s"]]),
    "a class": rich({}, [["class", "Object"]]),
    "superjson's typed array": rich([1], [["typed-array", "Uint8Array"]]),
    "superjson's Error": rich({ name: "Error", message: "" }, ["Error"]),
    "an unknown type": rich(1, ["toString"]),
    "an unknown custom type": rich(1, [["custom", "toString"]]),
    "a custom type with more": rich(1, [["custom", "reference", 1]]),
    "a type that is a number": rich(1, [1]),
    "no type": rich(1, []),
    "a path that is not there": rich([1], { "1": ["undefined"] }),
    "a path beyond the end": rich([null], { "4294967294": ["undefined"] }),
    "another way to write an index": rich([null], { "00": ["undefined"] }),
    "the length": rich([null], { length: ["undefined"] }),
    "a path into a string": rich(["abc"], { "0.0": ["undefined"] }),
    "a backslash at the end": rich({ a: null }, { "a\\": ["undefined"] }),
    "a path into what is revived": rich([[1]], { "0": ["set"], "0.0": ["undefined"] }),
    "one place twice": rich([[1]], { "0": ["set", { "0": ["undefined"] }], "0.0": ["bigint"] }),
    "annotations in a string": rich([1], "0"),
    "a Set of no array": rich({}, ["set"]),
    "a Map of no pairs": rich([[1]], ["map"]),
    "a Map of nothing": rich([null], ["map"]),
    "a Date that is none": rich("soon", ["Date"]),
    "a Date in another form": rich("2020-01-01", ["Date"]),
    "a bigint that is none": rich("0x10", ["bigint"]),
    "a bigint that is a number": rich(10, ["bigint"]),
    "a number that is none": rich("12", ["number"]),
    "an undefined that is not null": rich(1, ["undefined"]),
    "a URL that is none": rich("nowhere", ["URL"]),
    "an error without a name": rich({ message: "" }, [["custom", "error"]]),
    "an error that replaces its stack": rich({ name: "", message: "", own: { stack: 1 } }, [["custom", "error"]]),
    "binary data of an unknown class": rich(["Function", ""], [["custom", "binary"]]),
    "half an element": rich(["Float64Array", "AAAA"], [["custom", "binary"]]),
    "no base64": rich(["Buffer", "****"], [["custom", "binary"]]),
    "entries that are none": rich([[1, 2]], [["custom", "object"]]),
    "a reference without a table": rich(1, [["custom", "reference"]]),
    "a table that is none": rich({}, {}, { shared: true }),
    "a reference to nowhere": rich([1, {}], { "0": [["custom", "reference"]] }, { shared: true }).replace("[1,", "[2,"),
    "a reference to the root": rich([[0]], { "0.0": [["custom", "reference"]] }, { shared: true }),
    "a reference to a reference": rich(
      [1, 1],
      { "0": [["custom", "reference"]], "1": [["custom", "reference"]] },
      { shared: true },
    ),
    "a reference to a number": rich([1, 7], { "0": [["custom", "reference"]] }, { shared: true }),
  };
  it.each(Object.entries(forged))("%s", (_, text) => {
    refusal(text);
  });

  it("a chain of shared objects deeper than the limit", () => {
    const table = Array.from({ length: 1000 }, (_, i) => [Math.min(i + 1, 999)]);
    const values = Object.fromEntries(table.map((_, i) => [`${i}.0`, [["custom", "reference"]]]));
    expect(refusal(rich(table, values, { shared: true })).message).toMatch(/nests deeper than 64/);
  });
});

const repeat = (part: string, times: number): string => Array.from({ length: times }, () => part).join(",");

describe("codec, texts that would cost", () => {
  const costly: Record<string, string> = {
    "depth, not closed": "[".repeat(1_000_000),
    "depth, in objects": `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`,
    "depth in the payload": `~{"json":${"[".repeat(1000)}${"]".repeat(1000)}}`,
    "depth in the annotations": `~{"json":[],"meta":{"values":${"[".repeat(1000)}${"]".repeat(1000)},"v":1}}`,
    "many values": `[${repeat("1", 1_000_001)}]`,
    "many empty arrays": `[${repeat("[]", 1_000_001)}]`,
    "a long bigint": rich("9".repeat(1_000_000), ["bigint"]),
    "many paths to nowhere": rich([], Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`${i}`, ["set"]]))),
    "a path of many steps": rich({ a: {} }, { [`a${".a".repeat(500_000)}`]: ["undefined"] }),
    "a path of many escapes": rich({ a: {} }, { ["\\.".repeat(200_000)]: ["undefined"] }),
    "members of a Set one by one": rich(
      [Array.from({ length: 20_000 }, String)],
      Object.fromEntries([["0", ["set"]], ...Array.from({ length: 20_000 }, (_, i) => [`0.${i}`, ["bigint"]])]),
    ),
    "too many bytes": `"${"x".repeat(8 * 1024 * 1024)}"`,
    "quotes and backslashes": `["${'\\\\\\"'.repeat(100_000)}",${"[".repeat(65)}`,
  };
  it.each(Object.entries(costly))("%s", (_, text) => {
    refusal(text);
  });

  it("nothing that is short passes a limit unseen", () => {
    const small = createCodec({ maxDepth: 3, maxNodes: 5 });
    expect(small.decode(bytesOf("[[[1]]]"))).toEqual([[[1]]]);
    expect(small.decode(bytesOf('["[[[[[[[",1]'))).toEqual(["[[[[[[[", 1]);
    expect(small.decode(bytesOf("[1,2,3,4,5]"))).toEqual([1, 2, 3, 4, 5]);
    expect(() => small.decode(bytesOf("[[[[1]]]]"))).toThrow(CodecError);
    expect(() => small.decode(bytesOf("[1,2,3,4,5,6]"))).toThrow(CodecError);
  });
});

describe("codec, texts that were changed on the way", () => {
  it("are refused or decoded to something that could be sent, and never crash", () => {
    const cut = fc.record({ at: fc.nat(), length: fc.nat({ max: 4 }), put: fc.string({ maxLength: 4 }) });
    fc.assert(
      fc.property(anyValue(), cut, (value, { at, length, put }) => {
        const text = codec.encode([value, value], "result");
        const start = at % text.length;
        const changed = bytesOf(text.slice(0, start) + put + text.slice(start + length));
        let decoded: unknown;
        try {
          decoded = codec.decode(changed);
        } catch (error) {
          expectNotDecodable(error);
          return;
        }
        codec.decode(bytesOf(codec.encode(decoded, "result")));
      }),
      { numRuns: 200 },
    );
  });

  it("are refused when they are noise", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          codec.decode(bytes);
        } catch (error) {
          expectNotDecodable(error);
        }
      }),
    );
  });
});
