import { alternativesOf, type Definitions } from "./alternatives.js";
import type { TypeModel } from "./type-model.js";

/** How much of what TypeScript lets a placeholder be is accepted. */
export type Strictness =
  /** only what everybody accepts: digits for a number, not `1e5` */
  | "certain"
  /** whatever somebody might accept */
  | "possible";

type Template = Extract<TypeModel, { readonly kind: "template" }>;

/** Whether a text is of a template type. */
export function matchesTemplate(
  text: string,
  template: Template,
  definitions: Definitions,
  strictness: Strictness,
): boolean {
  const parts = template.texts.map((fixed, at) => {
    const type = template.types[at];
    return escape(fixed) + (type === undefined ? "" : placeholder(type, definitions, strictness));
  });
  return new RegExp(`^${parts.join("")}$`, "s").test(text);
}

const NUMBERS = { certain: String.raw`-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?`, possible: ".+?" } as const;
const BIGINTS = { certain: String.raw`(?:0|-?[1-9]\d*)`, possible: ".+?" } as const;

function placeholder(type: TypeModel, definitions: Definitions, strictness: Strictness): string {
  const options = alternativesOf(type, definitions).map((alternative) => {
    switch (alternative.kind) {
      case "literal":
      case "bigint-literal":
        return escape(String(alternative.value));
      case "number":
        return NUMBERS[strictness];
      case "bigint":
        return BIGINTS[strictness];
      case "null":
      case "undefined":
        return alternative.kind;
      case "template":
        return strictness === "certain" ? "(?!)" : ".*?";
      default:
        return ".*?";
    }
  });
  return options.length === 0 ? "(?!)" : `(?:${options.join("|")})`;
}

const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
