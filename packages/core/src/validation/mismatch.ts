import type { Found } from "./look.js";

/** Alternatives that a message names before it says that there are more. */
const MAX_EXPECTED = 8;
const MAX_TEXT = 40;

/** What a value had to be that is of another kind, as texts; `undefined` for an issue that says something else. */
export function mismatchOf(issue: Found): readonly string[] | undefined {
  switch (issue.code) {
    case "invalid_type":
      return [issue.expected === "tuple" ? "array" : issue.expected];
    case "invalid_value":
      return issue.values.map(showLiteral);
    case "custom":
      return typeof issue.params?.["expected"] === "string" ? [issue.params["expected"]] : undefined;
    case "invalid_union":
      return issue.errors.length === 0 ? tagsOf(issue as object) : ofAll(issue.errors);
    default:
      return undefined;
  }
}

const tagsOf = (issue: { readonly options?: readonly unknown[] }): string[] => (issue.options ?? []).map(showLiteral);

/** A union within a union is of another kind when each of its members is. */
function ofAll(members: readonly (readonly Found[])[]): readonly string[] | undefined {
  const texts = members
    .map((issues) => issues.find(({ path }) => path.length === 0))
    .map((issue) => issue && mismatchOf(issue));
  return texts.every((text) => text !== undefined) ? texts.flat() : undefined;
}

/** The value that an issue is about: for an unknown tag, the tag. */
export function valueOf(issue: Found): unknown {
  if (issue.code !== "invalid_union" || issue.discriminator === undefined) return issue.input;
  return (issue.input as Readonly<Record<string, unknown>>)[issue.discriminator];
}

/** `expected "a" or "b", received "c"` */
export function unequal(expected: readonly string[], value: unknown): string {
  const texts = [...new Set(expected)];
  const shown =
    texts.length > MAX_EXPECTED ? [...texts.slice(0, MAX_EXPECTED), `${texts.length - MAX_EXPECTED} others`] : texts;
  return `expected ${orList(shown)}, received ${received(value, texts)}`;
}

const orList = (texts: readonly string[]): string =>
  texts.length < 2 ? (texts[0] ?? "never") : `${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}`;

/** The value itself where it is of the right type but not the right value, otherwise its type. */
function received(value: unknown, expected: readonly string[]): string {
  const type = typeOf(value);
  return expected.some((text) => typeOfText(text) === type) ? showLiteral(value) : type;
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  if (Array.isArray(value)) return "array";
  const name: unknown = Object.prototype.toString.call(value).slice("[object ".length, -1);
  return name === "Object" ? "object" : String(name);
}

/** The type of a literal that stands in a message; `undefined` for the name of a type. */
function typeOfText(text: string): string | undefined {
  if (/^["`]/.test(text)) return "string";
  if (/^-?\d/.test(text)) return text.endsWith("n") ? "bigint" : "number";
  return text === "true" || text === "false" ? "boolean" : undefined;
}

function showLiteral(value: unknown): string {
  const text =
    typeof value === "string" ? JSON.stringify(value) : typeof value === "bigint" ? `${value}n` : String(value);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
