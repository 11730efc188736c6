import { describe, expect, it } from "vitest";
import { describeTask, describeType, type TypeModel } from "@taskgen/codegen";
import {
  boolean,
  date,
  list,
  literals,
  nothing,
  number,
  object,
  ref,
  string,
  task,
  tuple,
  union,
} from "../support/type-models.js";

describe("describeType", () => {
  it.each<[TypeModel, string]>([
    [string, "string"],
    [union(string, { kind: "null" }, nothing), "string | null | undefined"],
    [union({ kind: "null" }, date), "Date | null"],
    [literals("a", 1, true), '"a" | 1 | true'],
    [boolean, "boolean"],
    [{ kind: "bigint-literal", value: "-2" }, "-2n"],
    [{ kind: "template", texts: ["id-", "/", ""], types: [number, string] }, "`id-${number}/${string}`"],
    [list(list(union(string, number))), "(number | string)[][]"],
    [tuple({ x: number, "y?": string, "...rest": date }), "[x: number, y?: string, ...rest: Date[]]"],
    [
      { kind: "tuple", elements: [{ type: string }, { type: number, optional: true }, { type: date, rest: true }] },
      "[string, number?, ...Date[]]",
    ],
    [object({ id: string, "tags?": list(string), "a-b": number }), '{ "a-b": number; id: string; tags?: string[] }'],
    [object({}), "{}"],
    [object({ a: string }, [{ key: string, value: ref("Any") }]), "{ a: string; [key: string]: Any }"],
    [{ kind: "map", key: string, value: { kind: "set", element: date } }, "Map<string, Set<Date>>"],
  ])("%j", (type, expected) => {
    expect(describeType(type)).toBe(expected);
  });

  it("is cut where it is long", () => {
    const long = object(Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`property${at}`, string])));
    expect(describeType(long)).toHaveLength(120);
    expect(describeType(long, { maxLength: 20 })).toBe("{ property0: string…");
  });

  it("spells out what refs lead to, one level deep", () => {
    const definitions = { User: object({ id: string, "boss?": ref("User") }) };
    expect(describeType(ref("User"), { definitions })).toBe("{ boss?: User; id: string }");
    expect(describeType(list(union(ref("User"), string)), { definitions })).toBe(
      "({ boss?: User; id: string } | string)[]",
    );
  });
});

describe("describeTask", () => {
  it("is a function", () => {
    const types = task({ orderId: string, "notify?": boolean, "...tags": string }, { result: ref("Receipt") });
    expect(describeTask(types)).toBe("(orderId: string, notify?: boolean, ...tags: string[]) => Receipt");
    expect(describeTask({ args: { kind: "tuple", elements: [{ type: string }] }, result: nothing })).toBe(
      "(arg0: string) => undefined",
    );
  });
});
