import { Worker } from "node:worker_threads";
import { t, validator, z, type Named } from "@taskgen/core/validators";
import { describe, expect, it } from "vitest";

interface Node {
  value: unknown;
  next?: Node;
  kids?: Node[];
}

const $Node: Named = t.separate(() =>
  t.object({ value: t.number, next: t.optional($Node()), kids: t.optional(t.array($Node())) }),
);
const nodes = validator(() => t.args([$Node()]));

describe("a validator", () => {
  it("is built when it first checks something, and once", () => {
    let built = 0;
    const lazy = validator(() => {
      built++;
      return t.args([t.string]);
    });
    expect(built).toBe(0);
    expect(lazy.check(["a"])).toEqual([]);
    expect(lazy.check([1])).toHaveLength(1);
    expect(built).toBe(1);
  });

  it("takes schemas of zod's own", () => {
    const own = validator(() => z.tuple([z.string().min(3), z.email().optional()]));
    expect(own.check(["abc"])).toEqual([]);
    expect(own.check(["abc", "a"])).toEqual([{ path: [1], message: "Invalid email address" }]);
  });

  it("changes nothing, whatever its schema makes of the values", () => {
    const changing = validator(() => z.tuple([z.object({ a: z.string().trim().default("b") })]));
    const args = Object.freeze([Object.freeze({ a: " x ", further: 1 })]);
    expect(changing.check(args)).toEqual([]);
    expect(args).toEqual([{ a: " x ", further: 1 }]);
  });

  it("works in a thread", async () => {
    const code = `
      import { parentPort } from "node:worker_threads";
      const { t, validator } = await import(${JSON.stringify(import.meta.resolve("@taskgen/core/validators"))});
      parentPort.postMessage(validator(() => t.args([t.number])).check(["1"]));
    `;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
    const issues = await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
    expect(issues).toEqual([{ path: [0], message: "expected number, received string" }]);
    await worker.terminate();
  });
});

describe("values that are not trees", () => {
  it("may have cycles", () => {
    const node: Node = { value: 1 };
    node.next = { value: 2, next: node, kids: [node] };
    expect(nodes.check([node])).toEqual([]);
    node.next.value = "2";
    expect(nodes.check([node])).toEqual([{ path: [0, "next", "value"], message: "expected number, received string" }]);
  });

  it("may share parts in more ways than can be walked", () => {
    let node: Node = { value: 1 };
    for (let depth = 0; depth < 30; depth++) node = { value: 1, kids: [node, node] };
    expect(nodes.check([node])).toEqual([]);
    let wrong: Node = { value: "1" };
    for (let depth = 0; depth < 30; depth++) wrong = { value: 1, kids: [wrong, wrong] };
    const issues = nodes.check([wrong]);
    expect(issues).toHaveLength(10);
    expect(issues[0]?.path).toHaveLength(62);
  });

  it("may take as many ways through unions", () => {
    const $Left: Named = t.separate(() => t.object({ of: $Either(), left: t.literal(true) }));
    const $Right: Named = t.separate(() => t.object({ of: $Either(), right: t.literal(true) }));
    const $Either: Named = t.separate(() => t.union(t.null, $Left(), $Right()));
    const either = validator(() => t.args([$Either()]));
    let value: unknown = null;
    for (let depth = 0; depth < 60; depth++) value = { of: value, right: true };
    expect(either.check([value])).toEqual([]);
    let wrong: unknown = 5;
    for (let depth = 0; depth < 60; depth++) wrong = { of: wrong, right: true };
    const [issue] = either.check([wrong]);
    expect(issue).toEqual({
      path: [0, ...Array.from({ length: 60 }, () => "of")],
      message: "expected null or object, received number",
    });
  });

  // the way back to the first object is taken to fit; once that object turned out to be something else, nothing that rests on it holds
  it("are not taken for a member of a union that only a cycle back to them speaks for", () => {
    const $A: Named = t.separate(() => t.object({ a: t.optional($A()), isA: t.literal(true) }));
    const $B: Named = t.separate(() => t.object({ a: t.optional(t.any), b: t.optional($A()) }));
    const both = validator(() => t.args([t.union($A(), $B())]));
    const outer: Record<string, unknown> = {};
    const inner = { a: outer, isA: true };
    outer["a"] = inner;
    expect(both.check([outer])).toEqual([]);
    outer["b"] = inner;
    expect(both.check([outer])).not.toEqual([]);
  });

  it("may have parts that share theirs without measure, which is refused", () => {
    const lists = validator(() => t.args([t.array(t.array(t.array(t.string)))]));
    const texts = Array.from({ length: 1_000 }, () => "");
    const many = <T>(value: T): T[] => Array.from({ length: 10_000 }, () => value);
    expect(lists.check([many(many(texts))])).toEqual([
      { path: [], message: "nests too deep or has too many parts to be checked" },
    ]);
  });

  it("may be a longer chain than the stack holds, which is refused", () => {
    const chain: Node[] = [{ value: 1 }];
    for (let length = 0; length < 200_000; length++) chain.push({ value: 1, next: chain.at(-1)! });
    expect(nodes.check([chain.at(-1)])).toEqual([
      { path: [], message: "nests too deep or has too many parts to be checked" },
    ]);
    expect(nodes.check([chain[5]])).toEqual([]);
  });
});

describe("large values", () => {
  it("are told the first issue of", () => {
    const numbers = validator(() => t.args([t.array(t.number), t.set(t.number), t.object({}, t.every(t.number))]));
    const texts = Array.from({ length: 500_000 }, (_, at) => `text ${at}`);
    const issues = numbers.check([texts, new Set(texts), Object.fromEntries(texts.entries())]);
    expect(issues[0]).toEqual({ path: [0, 0], message: "expected number, received string" });
    expect(issues.length).toBeLessThanOrEqual(10);
    expect(numbers.check([[], new Set(), Object.fromEntries(texts.entries())])).toEqual([
      { path: [2, "0"], message: "expected number, received string" },
    ]);
  });

  it("may have more issues than zod can hand on", () => {
    const names = Array.from({ length: 300 }, (_, at) => [`p${at}`, t.number] as const);
    const wide = validator(() => t.args([t.array(t.object(Object.fromEntries(names)))]));
    const issues = wide.check([Array.from({ length: 900 }, () => ({}))]);
    expect(issues[0]).toEqual({ path: [0, 0, "p0"], message: "expected number, received undefined" });
    expect(issues.length).toBeLessThanOrEqual(10);
  });
});

describe("messages", () => {
  it("stay short", () => {
    const literals = Array.from({ length: 100 }, (_, at) => `${at}`.repeat(50));
    const [issue] = validator(() => t.args([t.literal(...literals)])).check(["x".repeat(1_000_000)]);
    expect(issue!.message.length).toBeLessThan(500);
  });
});
