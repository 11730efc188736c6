import type { TypeModel } from "../contract/type-model.js";

type Template = Extract<TypeModel, { readonly kind: "template" }>;

/** A piece of a template: a pattern, or any text at all. */
type Piece = string | typeof ANYTHING;

const ANYTHING = Symbol("anything");

// Every quantifier takes as little as it can, so that what is found is found as early as it can be, and has a bound, so that
// a long run of digits is not walked once from each of them.
const DIGITS = "\\d{1,400}?";
const DECIMAL = `(?:${DIGITS}(?:\\.\\d{0,400}?)??|\\.${DIGITS})(?:[eE][+-]?${DIGITS})??`;
const NUMBER = `(?:NaN|-?Infinity|[+-]?${DECIMAL}|0[xX][\\da-fA-F]{1,400}?|0[oO][0-7]{1,400}?|0[bB][01]{1,400}?)`;
const BIGINT = "-?\\d{1,4096}?";

/** What numbers become as keys of an object. */
const NUMERIC_KEY = "^(?:NaN|-?Infinity|-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:e[+-]\\d+)?)$";

interface PatternOptions {
  /** Without look-ahead, for readers that know none. @default false */
  readonly isSimple?: boolean;
}

/** A regular expression for the keys of an index signature; `undefined` for all keys. */
export function keyPattern(key: TypeModel, options?: PatternOptions): string | undefined {
  if (key.kind === "number") return NUMERIC_KEY;
  return key.kind === "template" ? templatePattern(key, options) : undefined;
}

/** A regular expression (flag `u`) for the strings of a template. */
export function templatePattern(template: Template, { isSimple = false }: PatternOptions = {}): string {
  const pieces = merge(piecesOf(template));
  const last = pieces.lastIndexOf(ANYTHING);
  let groups = 0;
  let pattern = "";
  let text = "";
  for (const [at, piece] of pieces.entries()) {
    if (piece !== ANYTHING) text += piece;
    else if (isSimple || at === pieces.indexOf(ANYTHING)) [pattern, text] = [pattern + text, "[\\s\\S]*?"];
    else {
      // the first place where the text between two wildcards is found will do: without going back, time is linear
      pattern += `(?=(${text}))\\${++groups}`;
      text = at === last ? "[\\s\\S]*" : "[\\s\\S]*?";
    }
  }
  return `^${pattern}${text}$`;
}

/** A template as it is written in TypeScript. */
export const templateText = ({ texts, types }: Template): string =>
  `\`${texts.map((text, at) => `${text}${types[at] === undefined ? "" : `\${${typeText(types[at])}}`}`).join("")}\``;

const typeText = (type: TypeModel): string => (type.kind === "literal" ? JSON.stringify(type.value) : type.kind);

const piecesOf = ({ texts, types }: Template): Piece[] =>
  texts.flatMap((text, at) => [escape(text), ...(types[at] === undefined ? [] : typePieces(types[at]))]);

function typePieces(type: TypeModel): Piece[] {
  switch (type.kind) {
    case "template":
      return piecesOf(type);
    case "literal":
    case "bigint-literal":
      return [escape(String(type.value))];
    case "number":
      return [NUMBER];
    case "bigint":
      return [BIGINT];
    case "boolean":
      return ["(?:true|false)"];
    case "null":
    case "undefined":
      return [type.kind];
    case "never":
      return ["(?!)"];
    case "union":
      return unionPieces(type.members);
    default:
      return [ANYTHING];
  }
}

/** Alternatives; where one is any text, all are. */
function unionPieces(members: readonly TypeModel[]): Piece[] {
  const alternatives = members.map((member) => typePieces(member));
  if (alternatives.some((pieces) => pieces.includes(ANYTHING))) return [ANYTHING];
  return [`(?:${alternatives.map((pieces) => pieces.join("")).join("|")})`];
}

/** Without wildcards next to each other. */
const merge = (pieces: readonly Piece[]): Piece[] =>
  pieces.filter((piece) => piece !== "").filter((piece, at, all) => piece !== ANYTHING || all[at - 1] !== ANYTHING);

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
