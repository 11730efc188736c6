import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TypeModel } from "../../packages/codegen/dist/contract/type-model.js";
import { templatePattern, templateText } from "../../packages/codegen/dist/emit/template-pattern.js";
import { isOfType } from "../support/reference-checker.js";

type Template = Extract<TypeModel, { readonly kind: "template" }>;

const STRING: TypeModel = { kind: "string" };
const NUMBER: TypeModel = { kind: "number" };

const template = (texts: readonly string[], ...types: TypeModel[]): Template => ({ kind: "template", texts, types });

const regex = (type: Template, isSimple = false): RegExp => new RegExp(templatePattern(type, { isSimple }), "u");

/** Short templates of few characters, and texts of the same characters: many of them nearly fit. */
const anyTemplate = (): fc.Arbitrary<Template> =>
  fc
    .array(
      fc.tuple(
        fc.constantFrom<TypeModel>(STRING, STRING, NUMBER, { kind: "bigint" }),
        fc.string({ unit: fc.constantFrom("a", "-", "1"), maxLength: 2 }),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((pairs) => template(["", ...pairs.map(([, text]) => text)], ...pairs.map(([type]) => type)));

describe("the pattern of a template", () => {
  it("admits what a plain reading does, with and without look-ahead", () => {
    fc.assert(
      fc.property(
        anyTemplate(),
        fc.string({ unit: fc.constantFrom("a", "-", "1", ".", "e"), maxLength: 8 }),
        (type, text) => {
          const expected = isOfType(type, text, {});
          expect(regex(type).test(text)).toBe(expected);
          expect(regex(type, true).test(text)).toBe(expected);
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it.each([
    ["an exponent", template(["", "", "", "1", ""], STRING, NUMBER, STRING, STRING), "1e1"],
    ["a point", template(["", "", "", ".", ""], STRING, NUMBER, STRING, STRING), "1."],
    ["decimals", template(["", "", "", "5", ""], STRING, NUMBER, STRING, STRING), "1.5"],
  ])("leaves %s that a number may have to what comes after it", (_, type, text) => {
    expect(isOfType(type, text, {})).toBe(true);
    expect(regex(type).test(text)).toBe(true);
    expect(regex(type, true).test(text)).toBe(true);
  });

  it("admits whatever a number is as text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.integer()), (value) => {
        expect(regex(template(["", "s"], NUMBER)).test(`${value}s`)).toBe(true);
      }),
    );
  });

  it.each([
    ["hyphens", template(["", "-", "-", "-", "x"], STRING, STRING, STRING, STRING), "-"],
    ["digits", template(["", "", "x"], STRING, NUMBER), "1"],
    ["numbers between texts", template(["", "", "", "", "x"], STRING, NUMBER, STRING, NUMBER), "1"],
    ["decimals", template(["", "", "x"], NUMBER, NUMBER), "1"],
  ])("takes no more than linear time for a long text of %s", (_, type, character) => {
    expect(regex(type).test(character.repeat(100_000))).toBe(false);
  });

  it("says what the members of a union and literals are", () => {
    const type = template(
      ["", "/", ""],
      { kind: "boolean" },
      { kind: "union", members: [NUMBER, { kind: "literal", value: "a.b" }] },
    );
    for (const text of ["true/1", "false/a.b"]) expect(regex(type).test(text)).toBe(true);
    for (const text of ["true/a-b", "null/1"]) expect(regex(type).test(text)).toBe(false);
    expect(templateText(type)).toBe("`${boolean}/${union}`");
  });
});
