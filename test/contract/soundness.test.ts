import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canRead, canReadArguments } from "../../packages/codegen/dist/contract/compare.js";
import { contractHash } from "../../packages/codegen/dist/contract/hash.js";
import type { TupleModel } from "../../packages/codegen/dist/contract/type-model.js";
import {
  argumentLists,
  definedTypes,
  definitionsOf,
  isValue,
  literals,
  mutate,
  mutateTuple,
  nothing,
  number,
  object,
  randomOf,
  string,
  typeModels,
  union,
  valueOf,
  type DefinedType,
} from "../support/type-models.js";

const SAMPLES = 8;

/** A type, another that is like it in most places, and a source of values. */
const pairs = fc
  .record({ written: definedTypes, others: fc.array(typeModels, { minLength: 2, maxLength: 4 }), seed: fc.nat() })
  .map(({ written, others, seed }) => {
    const random = randomOf(seed);
    const definitions = Object.fromEntries(
      Object.entries(written.definitions).map(([name, type]) => [name, mutate(type, random, others)]),
    );
    const reader: DefinedType = { type: mutate(written.type, random, others), definitions };
    return { written, reader, random };
  });

/** Objects with a tag, which is missing from a few. */
const taggedUnions = fc
  .array(
    fc.record({
      tags: fc.subarray(["x", "y", "z"]),
      isOptional: fc.boolean(),
      of: fc.constantFrom(string, number, literals("s", "t")),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((members) =>
    union(
      ...members.map(({ tags, isOptional, of }) =>
        object({ ...(tags.length > 0 && { kind: literals(...tags) }), [isOptional ? "of?" : "of"]: of }),
      ),
    ),
  );

const samples = (type: DefinedType, random: () => number): unknown[] =>
  Array.from({ length: SAMPLES }, () => valueOf(type, random)).flatMap((made) => (made ? [made.value] : []));

describe("canRead", () => {
  it("finds nothing only where every value of the written type is one of the reader's", () => {
    let readable = 0;
    fc.assert(
      fc.property(pairs, ({ written, reader, random }) => {
        if (canRead(written, reader).some(({ severity }) => severity !== "note")) return;
        const values = samples(written, random);
        readable += values.length > 0 ? 1 : 0;
        for (const value of values) expect(isValue(value, reader), JSON.stringify(String(value))).toBe(true);
      }),
      { numRuns: 1500 },
    );
    expect(readable).toBeGreaterThan(150);
  });

  it("tells by their tags which members of a union are meant", () => {
    const outcomes = { readable: 0, refused: 0 };
    fc.assert(
      fc.property(taggedUnions, taggedUnions, fc.nat(), (written, reader, seed) => {
        const [from, to] = [written, reader].map((type) => ({ type, definitions: {} }));
        const isBroken = canRead(from!, to!).some(({ severity }) => severity === "break");
        outcomes[isBroken ? "refused" : "readable"] += 1;
        const values = samples(from!, randomOf(seed));
        if (!isBroken) for (const value of values) expect(isValue(value, to!)).toBe(true);
      }),
      { numRuns: 1000 },
    );
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(50);
  });

  it("finds nothing between a type and itself", () => {
    fc.assert(
      fc.property(definedTypes, (type) => {
        expect(canRead(type, structuredClone(type)).filter(({ severity }) => severity === "break")).toEqual([]);
      }),
    );
  });

  it("finds something wherever a sample shows that the reader does not take it", () => {
    let refused = 0;
    fc.assert(
      fc.property(pairs, ({ written, reader, random }) => {
        if (samples(written, random).every((value) => isValue(value, reader))) return;
        refused += 1;
        expect(canRead(written, reader)).not.toEqual([]);
      }),
      { numRuns: 600 },
    );
    expect(refused).toBeGreaterThan(50);
  });
});

describe("the generator of values", () => {
  it("makes values of their type", () => {
    fc.assert(
      fc.property(definedTypes, fc.nat(), (type, seed) => {
        for (const value of samples(type, randomOf(seed))) expect(isValue(value, type)).toBe(true);
      }),
    );
  });
});

describe("canReadArguments", () => {
  const lists = fc
    .record({
      args: argumentLists,
      types: definitionsOf,
      others: fc.array(typeModels, { minLength: 2 }),
      seed: fc.nat(),
    })
    .map(({ args, types, others, seed }) => {
      const random = randomOf(seed);
      const [old, now] = [args, mutateTuple(args, random, others)];
      return { old, now, types, random };
    });

  it("finds nothing that breaks only where every list is taken, what has no parameter left out", () => {
    fc.assert(
      fc.property(lists, ({ old, now, types, random }) => {
        const [written, reader] = [old, now].map((args) => ({ args, result: nothing, errors: {}, types }));
        if (
          canReadArguments(written!, reader!).some(({ severity, kind }) => severity === "break" || kind === "anything")
        )
          return;
        for (const value of samples({ type: old, definitions: types }, random)) {
          expect(isValue(takenBy(now, value as unknown[]), { type: now, definitions: types })).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  /** The arguments that a function of these parameters sees. */
  const takenBy = ({ elements }: TupleModel, args: readonly unknown[]): readonly unknown[] =>
    elements.some(({ rest }) => rest) ? args : args.slice(0, elements.length);
});

describe("hashes", () => {
  it("differ wherever a value is of one type and not of the other", () => {
    let different = 0;
    fc.assert(
      fc.property(pairs, ({ written, reader, random }) => {
        if (samples(written, random).every((value) => isValue(value, reader))) return;
        different += 1;
        const [one, other] = [written, reader].map(({ type, definitions }) =>
          contractHash({ args: { kind: "tuple", elements: [] }, result: type, errors: {}, types: definitions }),
        );
        expect(one).not.toBe(other);
      }),
      { numRuns: 600 },
    );
    expect(different).toBeGreaterThan(50);
  });
});
