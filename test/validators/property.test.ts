import { createCodec } from "@taskgen/core/codec";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TaskTypes, TupleModel } from "../../packages/codegen/dist/contract/type-model.js";
import { anyCall, type Call } from "../support/arbitrary-types.js";
import { anyValue } from "../support/arbitrary-values.js";
import { validatorOf } from "../support/emitted-validators.js";
import { isOfType } from "../support/reference-checker.js";

const codec = createCodec();

const roundTrip = (args: readonly unknown[]): unknown[] =>
  codec.decode(Buffer.from(codec.encode(args, "argument"))) as unknown[];

const taskOf = ({ elements, types }: Call): TaskTypes => ({
  args: { kind: "tuple", elements },
  result: { kind: "undefined" },
  errors: {},
  types,
});

/** More arguments than there are parameters are let through. */
function isCall({ elements, types }: Call, args: readonly unknown[]): boolean {
  const isOpen = !elements.some(({ rest }) => rest === true);
  const tuple: TupleModel = {
    kind: "tuple",
    elements: isOpen ? [...elements, { type: { kind: "any" }, rest: true }] : elements,
  };
  return isOfType(tuple, args, types);
}

/** Replaces the part of a value at some place of it by another; containers are copied. */
function mutate(value: unknown, steps: readonly number[], other: unknown): unknown {
  const [step, ...next] = steps;
  if (step === undefined || typeof value !== "object" || value === null) return other;
  const change = <T>(list: readonly T[], f: (item: T) => T): T[] =>
    list.map((item, at) => (at === step % list.length ? f(item) : item));
  const inner = (part: unknown): unknown => mutate(part, next, other);
  if (Array.isArray(value)) return step % 5 === 4 ? value.slice(0, -1) : change(value, inner);
  if (value instanceof Map)
    return new Map(change([...value], ([key, of]) => (step % 2 === 0 ? [key, inner(of)] : [inner(key), of])));
  if (value instanceof Set) return new Set(change([...value], inner));
  if (Object.getPrototypeOf(value) !== Object.prototype) return other;
  const entries = Object.entries(value);
  return Object.fromEntries(step % 5 === 4 ? entries.slice(1) : change(entries, ([key, of]) => [key, inner(of)]));
}

describe("a generated validator", { timeout: 120_000 }, () => {
  it("accepts what fits its types, before and after the journey", () => {
    fc.assert(
      fc.property(anyCall(), (call) => {
        const validator = validatorOf(taskOf(call));
        expect(isCall(call, call.args)).toBe(true);
        expect(validator.check(call.args)).toEqual([]);
        expect(validator.check(roundTrip(call.args))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("agrees with a plain reading of the types on values that nearly fit", () => {
    const mutation = fc.tuple(fc.array(fc.nat(), { maxLength: 4 }), anyValue());
    fc.assert(
      fc.property(anyCall(), fc.array(mutation, { minLength: 5, maxLength: 5 }), (call, mutations) => {
        const validator = validatorOf(taskOf(call));
        for (const [steps, other] of mutations) {
          const args = mutate(call.args, [steps[0] ?? 0, ...steps.slice(1)], other) as unknown[];
          if (!Array.isArray(args)) continue;
          const issues = validator.check(args);
          expect(issues.length === 0).toBe(isCall(call, args));
          expect(issues.length).toBeLessThanOrEqual(10);
          for (const { message } of issues) expect(message.length).toBeLessThan(1_000);
        }
      }),
      { numRuns: 300 },
    );
  });
});
