import fc from "fast-check";

/** A type as it is written. */
export interface Written {
  readonly text: string;
  /** Whether a value of it travels. */
  readonly travels: boolean;
  /** Its values, as its text says them and whatever anybody reads from it; `undefined` where there are none that travel. */
  readonly values: Values;
}

type Values = fc.Arbitrary<unknown> | undefined;

/** What the types refer to. */
export const DECLARATIONS = `
interface Node0 { value: string; children: Node0[]; parent?: Node0 }
interface Page<T> { items: T[]; next: Page<T> | null }
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
interface JsonList extends Array<JsonData> {}
type JsonData = string | null | { readonly [Key in string]?: JsonData } | JsonList;
type Tree<T> = { value: T; nodes: Tree<T>[] };
type Branded<T> = T & { readonly __brand: "b" };
type Flags<T> = { [K in keyof T]?: boolean };
type Part<T, K extends keyof T> = { [P in K]: T[P] };
enum Level { Low, High = 7 }
const enum Size { Small = 1, Large = "l" }
enum Color { Red = "red", Blue = "blue" }
class Account { #id = 1; run(): void { this.#id++; } }
`;

const number = (): fc.Arbitrary<number> => fc.oneof(fc.integer(), fc.double());
const bytes = (): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength: 9 }).map((array) => new Uint8Array(array));
const name = (): fc.Arbitrary<string> =>
  fc.string({ maxLength: 4 }).filter((text) => text !== "__proto__" && text !== "prototype");

/** An object with these properties; none where one of them has no values. */
function object(properties: Readonly<Record<string, Values>>, ...optional: readonly string[]): Values {
  const known = Object.entries(properties).filter(([key, values]) => values !== undefined || !optional.includes(key));
  if (known.some(([, values]) => values === undefined)) return undefined;
  const requiredKeys = known.map(([key]) => key).filter((key) => !optional.includes(key));
  return fc.record(Object.fromEntries(known) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys,
    noNullPrototype: true,
  });
}

const dictionary = (values: Values, keys = name()): fc.Arbitrary<unknown> =>
  values === undefined ? fc.constant({}) : fc.dictionary(keys, values, { maxKeys: 2, noNullPrototype: true });

/** Few of them, perhaps none. */
export const list = (values: Values): fc.Arbitrary<unknown[]> =>
  values === undefined ? fc.constant([]) : fc.array(values, { maxLength: 2 });

/** One of those that have values. */
export function oneOf(...all: readonly Values[]): Values {
  const known = all.filter((values) => values !== undefined);
  return known.length === 0 ? undefined : fc.oneof(...known);
}

const pairOf = (first: Values, second: Values): fc.Arbitrary<[unknown, unknown]>[] =>
  first === undefined || second === undefined ? [] : [fc.tuple(first, second)];

const json = (depth: number): fc.Arbitrary<unknown> => {
  const leaf = fc.oneof(fc.string(), number(), fc.boolean(), fc.constant(null));
  return depth === 0 ? leaf : fc.oneof(leaf, list(json(depth - 1)), dictionary(json(depth - 1)));
};
const jsonData = (depth: number): fc.Arbitrary<unknown> => {
  const leaf = fc.oneof(fc.string(), fc.constant(null));
  return depth === 0 ? leaf : fc.oneof(leaf, list(jsonData(depth - 1)), dictionary(jsonData(depth - 1)));
};
const node = (depth: number): Values => {
  const inner = depth === 0 ? undefined : node(depth - 1);
  return object({ value: fc.string(), children: list(inner), parent: inner }, "parent");
};
const tree = (depth: number): Values =>
  object({ value: number(), nodes: list(depth === 0 ? undefined : tree(depth - 1)) });
const page = (values: Values, depth: number): Values =>
  object({ items: list(values), next: oneOf(fc.constant(null), depth === 0 ? undefined : page(values, depth - 1)) });

const travelling = (types: Readonly<Record<string, Values>>): fc.Arbitrary<Written> =>
  fc.constantFrom(...Object.entries(types)).map(([text, values]) => ({ text, travels: true, values }));

const staying = (...texts: string[]): fc.Arbitrary<Written> =>
  fc.constantFrom(...texts).map((text) => ({ text, travels: false, values: undefined }));

const SIMPLE: Readonly<Record<string, Values>> = {
  ...{ string: fc.string(), number: number(), boolean: fc.boolean(), bigint: fc.bigInt(), null: fc.constant(null) },
  ...{ undefined: fc.constant(undefined), '"x"': fc.constant("x"), "-1.5": fc.constant(-1.5), true: fc.constant(true) },
  "10n": fc.constant(10n),
};

const WRITTEN_WITH_CARE: Readonly<Record<string, Values>> = {
  "`a-${number}`": fc.integer().map((n) => `a-${n}`),
  "Uppercase<string>": fc.string().map((text) => text.toUpperCase()),
  "keyof Node0": fc.constantFrom("value", "children", "parent"),
  ...{ Level: fc.constantFrom(0, 7), Size: fc.constantFrom(1, "l"), Color: fc.constantFrom("red", "blue") },
  ...{ "Color.Red": fc.constant("red"), never: undefined },
};

const PLATFORM: Readonly<Record<string, Values>> = {
  Date: fc.date({ noInvalidDate: true }),
  "Date | string": fc.oneof(fc.date({ noInvalidDate: true }), fc.string()),
  URL: fc.webUrl().map((text) => new URL(text)),
  Error: fc.string().map((text) => new Error(text)),
  Uint8Array: bytes(),
  Buffer: bytes().map((array) => Buffer.from(array)),
  ArrayBuffer: bytes().map(({ buffer }) => buffer),
  URLSearchParams: fc.string().map((text) => new URLSearchParams(text)),
};

const DECLARED: Readonly<Record<string, Values>> = {
  ...{ Node0: node(2), Json: json(2), JsonData: jsonData(2), "Tree<number>": tree(2) },
  "Node0['children']": list(node(1)),
  "Branded<string>": fc.string(),
  "Branded<{ a: 1 }>": fc.constant({ a: 1 }),
};

const leaf = fc.oneof(
  { arbitrary: travelling(SIMPLE), weight: 6 },
  { arbitrary: travelling(WRITTEN_WITH_CARE), weight: 3 },
  { arbitrary: travelling(PLATFORM), weight: 3 },
  { arbitrary: travelling(DECLARED), weight: 3 },
  {
    arbitrary: staying(
      ...["symbol", "() => void", "Promise<string>", "Account", "RegExp", "Iterable<1>", "WeakMap<Date, 1>"],
    ),
    weight: 1,
  },
);

type Text = (a: string, b: string) => string;
type MakeValues = (a: Values, b: Values) => Values;

/** Types made of one or two others, and their values. */
const COMPOUND: readonly (readonly [text: Text, values: MakeValues])[] = [
  [(a) => `(${a})[]`, list],
  [(a) => `readonly (${a})[]`, list],
  [(a) => `Set<${a}>`, (a) => list(a).map((members) => new Set(members))],
  [(a) => `Record<string, ${a}>`, (a) => dictionary(a)],
  [
    (a) => `{ [key: \`k\${string}\`]: ${a} }`,
    (a) =>
      dictionary(
        a,
        name().map((text) => `k${text}`),
      ),
  ],
  [(a) => `Page<${a}>`, (a) => page(a, 1)],
  [(a) => `Partial<{ a: ${a} }>`, (a) => object({ a: oneOf(a, fc.constant(undefined)) }, "a")],
  [(a) => `Readonly<Part<{ a: ${a}; b: 1 }, "a">>`, (a) => object({ a })],
  [(a, b) => `Omit<{ a: ${a}; b: ${b}; c?: 1 }, "c">`, (a, b) => object({ a, b })],
  [(a, b) => `{ a: ${a}; readonly b?: (${b})[] }`, (a, b) => object({ a, b: list(b) }, "b")],
  [
    (a, b) => `[x: ${a}, y?: (${b})[]]`,
    (a, b) => a && fc.tuple(a, list(b), fc.boolean()).map(([x, y, isLong]) => (isLong ? [x, y] : [x])),
  ],
  [(a, b) => `[${a}, ...(${b})[]]`, (a, b) => a && fc.tuple(a, list(b)).map(([first, rest]) => [first, ...rest])],
  [
    (a, b) => `Map<${a}, ${b}>`,
    (a, b) => oneOf(fc.constant(new Map()), ...pairOf(a, b).map((pair) => list(pair).map((all) => new Map(all as [])))),
  ],
  [(a, b) => `{ a: ${a} } & { b: ${b} }`, (a, b) => object({ a, b })],
  [(a, b) => `(${a}) | { kind: "k"; of: ${b} }`, (a, b) => oneOf(a, object({ kind: fc.constant("k"), of: b }))],
];

/** Types, most of which travel. */
export const { type } = fc.letrec<{ type: Written }>((tie) => {
  const pair = fc.tuple(tie("type"), tie("type"));
  const compounds = COMPOUND.map(([text, values]) =>
    pair.map(([a, b]): Written => {
      const travels = a.travels && (text.length < 2 || b.travels);
      return { text: text(a.text, b.text), travels, values: travels ? values(a.values, b.values) : undefined };
    }),
  );
  return { type: fc.oneof({ depthSize: "small", withCrossShrink: true }, leaf, ...compounds) };
});
