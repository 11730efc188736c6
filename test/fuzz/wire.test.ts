import { TaskError } from "@taskgen/core";
import { createCodec } from "@taskgen/core/codec";
import {
  decodeFailure,
  decodeMessage,
  decodeNotice,
  encodeFailure,
  encodeMessage,
  fromRemoteError,
  replaceHeader,
  sealOf,
  toRemoteError,
  type Header,
} from "@taskgen/core/internal";
import { describe, it } from "vitest";
import { fuzz, read } from "./fuzz.js";
import { FAILURES, NOTICES } from "./fixtures.js";
import { mutated, mutatedJson } from "./mutate.js";

const codec = createCodec();
const small = createCodec({ maxDepth: 4, maxNodes: 20, maxBytes: 400, maxBigintDigits: 10 });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const json = (value: unknown): Uint8Array => bytes(JSON.stringify(value));

const shared = { a: [1] };
const VALUES: readonly unknown[] = [
  [4, 4],
  [],
  [{ name: "Ann", tags: ["a", "b"], nested: { deep: [[[1]]] } }],
  [undefined, NaN, -0, 12n, new Date(0), new URL("https://example.com/?a=1")],
  [
    new Map<unknown, unknown>([
      ["a.b", 1n],
      [{ k: 1 }, new Set([new Date(0)])],
    ]),
    new Set([1, undefined]),
  ],
  [Buffer.from("bytes"), new Float64Array([1, NaN]), new DataView(new ArrayBuffer(2))],
  [shared, shared, new Error("outer", { cause: new RangeError("inner") })],
  [JSON.parse('{"__a__":1,"constructors":2}')],
];

const HEADER: Header = {
  ...{ v: 1, task: "math.add", hash: "0123456789abcdef", retries: 2, parked: 1, ignoreResult: true },
  ...{ timeLimit: 1000, softTimeLimit: 500, rootId: "root", parentId: "parent", ancestors: ["a", "b"] },
  ...{ group: "g", groupIndex: 1, replayOf: "old", headers: { tenant: "a", traceparent: "00-1-2-01" } },
  ...{ kid: "2026a", sig: "c2ln", enc: "new" },
};
const MESSAGES = [
  encodeMessage({ v: 1, task: "add" }, "[4,4]"),
  encodeMessage(HEADER, codec.encode(VALUES[3], "argument")),
  encodeMessage({ v: 2, task: "add" }, "~"),
];

/** All that a worker's main thread does with a message that it did not write. */
function handle(body: Uint8Array): void {
  const { header, args } = decodeMessage(body);
  sealOf({ id: "id", expires: 1, replyTo: "reply" }, header);
  decodeMessage(replaceHeader(body, { ...header, retries: 1 }));
  codec.decode(args);
}

describe("fuzz: what travels", () => {
  it("messages", async () => {
    await fuzz(mutated(MESSAGES), (body) => read(() => handle(body)));
  });

  it("headers of messages", async () => {
    await fuzz(mutatedJson([HEADER]), (header) => read(() => handle(Buffer.concat([json(header), bytes("\n[1]")]))));
  });

  it("arguments and values", async () => {
    const valid = VALUES.map((value) => bytes(codec.encode(value, "result")));
    await fuzz(mutated(valid), (text) => {
      const value = read(() => codec.decode(text));
      // what came must be what can be sent
      if (value !== undefined) codec.encode(value, "result");
      read(() => small.decode(text));
    });
  });

  it("rich values with other annotations", async () => {
    const rich = VALUES.map((value) => codec.encode(value, "result"))
      .filter((text) => text.startsWith("~"))
      .map((text) => JSON.parse(text.slice(1)) as unknown);
    await fuzz(mutatedJson(rich), (payload) => {
      const value = read(() => codec.decode(bytes(`~${JSON.stringify(payload)}`)));
      if (value !== undefined) codec.encode(value, "result");
    });
  });

  const failure = toRemoteError(
    new AggregateError([new TypeError("a"), Object.assign(new Error("b"), { code: "B" })], "both", {
      cause: new Error("cause", { cause: "text" }),
    }),
    (data) => codec.encode(data, "error"),
  );

  /** All that a caller does with a failure that it did not write. */
  function fail(body: Uint8Array): void {
    const remote = decodeFailure(body);
    const error = new TaskError({ id: "id", name: "add" }, "FAILURE", remote);
    void `${error.stack} ${String(fromRemoteError(remote))}`;
  }

  it("failures", async () => {
    await fuzz(mutated([encodeFailure(failure)]), (body) => read(() => fail(body)));
    await fuzz(mutatedJson([failure]), (value) => read(() => fail(json(value))));
    for (const text of FAILURES) read(() => fail(bytes(text)));
  });

  it("notices of revocations", async () => {
    const notice = { ids: ["a", "b"], ttlMs: 60_000, terminate: true, children: false };
    const check = (body: Uint8Array): void => {
      const { ids, ttlMs } = decodeNotice(body);
      if (ids.length > 10_000 || ids.some((id) => id.length > 36)) throw new Error("it is not bounded");
      if (ttlMs < 0 || ttlMs > 8.64e15) throw new Error(`${ttlMs} is not a time`);
    };
    await fuzz(mutated([json(notice)]), (body) => read(() => check(body)));
    await fuzz(mutatedJson([notice]), (value) => read(() => check(json(value))));
    for (const text of NOTICES) read(() => check(bytes(text)));
  });
});
