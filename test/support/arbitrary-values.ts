import * as fc from "fast-check";

/** The names of properties, those among them that are special to JavaScript, JSON or superjson. */
const key = (): fc.Arbitrary<string> =>
  fc
    .oneof(
      fc.string({ unit: "grapheme", maxLength: 6 }),
      fc.constantFrom("", ".", "a.b", "\\", "\\.", "0", "length", "constructor", "toString", "json", "meta", "then"),
      fc.string({ unit: "binary", maxLength: 3 }),
    )
    .filter((name) => name !== "__proto__" && name !== "prototype");

/** Everything without insides that JSON can write. */
const jsonLeaf = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
  );

const binary = (): fc.Arbitrary<unknown> => {
  const bytes = fc.uint8Array({ maxLength: 24 }).filter((array) => array.length % 8 === 0);
  const buffer = bytes.map((array) => new Uint8Array(array).buffer);
  return fc.oneof(
    buffer,
    fc.uint8Array({ maxLength: 12 }).map((array) => new Uint8Array(array)),
    fc.uint8Array({ maxLength: 12 }).map((array) => Buffer.from(array)),
    buffer.chain((b) =>
      fc.constantFrom<unknown>(
        new DataView(b),
        new Int8Array(b),
        new Uint8ClampedArray(b),
        new Int16Array(b),
        new Uint16Array(b),
        new Int32Array(b),
        new Uint32Array(b),
        new Float32Array(b),
        new Float64Array(b),
        new BigInt64Array(b),
        new BigUint64Array(b),
      ),
    ),
    fc.array(fc.double()).map((numbers) => Float64Array.from(numbers)),
  );
};

/** Everything without insides. */
const leaf = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    jsonLeaf(),
    fc.double(),
    fc.constantFrom(undefined, NaN, -0, 0, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE),
    fc.bigInt(),
    fc.date({ noInvalidDate: true }),
    fc.webUrl({ withQueryParameters: true, withFragments: true }).map((text) => new URL(text)),
    fc.array(fc.tuple(fc.string(), fc.string())).map((entries) => new URLSearchParams(entries)),
    binary(),
  );

const objectOf = (child: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.array(fc.tuple(key(), child), { maxLength: 5 }).map((entries) => Object.fromEntries(entries));

/** What plain JSON carries without loss, without keys that need help. */
export const jsonValue = (): fc.Arbitrary<unknown> =>
  fc
    .letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        jsonLeaf(),
        fc.array(tie("value"), { maxLength: 5 }),
        fc.dictionary(
          fc.string().filter((name) => !/^(__proto__|constructor|prototype)$/.test(name)),
          tie("value"),
          { maxKeys: 5 },
        ),
      ),
    }))
    .value.map((value) => structuredClone(value));

const errorOf = (child: fc.Arbitrary<unknown>): fc.Arbitrary<Error> =>
  fc
    .tuple(
      fc.constantFrom(Error, TypeError, RangeError),
      fc.string(),
      fc.option(fc.tuple(child), { nil: undefined }),
      child,
    )
    .map(([Class, message, cause, detail]) =>
      Object.assign(new Class(message, cause && { cause: cause[0] }), { code: "E_TEST", detail }),
    );

/** Trees of everything that the codec claims to carry. */
export const anyValue = (): fc.Arbitrary<unknown> =>
  fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      leaf(),
      fc.array(tie("value"), { maxLength: 5 }),
      objectOf(tie("value")),
      fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 4 }).map((entries) => new Map(entries)),
      fc.array(tie("value"), { maxLength: 4 }).map((members) => new Set(members)),
      errorOf(tie("value")),
    ),
  })).value;

type Node = unknown[] | Record<string, unknown> | Map<unknown, unknown> | Set<unknown> | Error;

const NODES: readonly (() => Node)[] = [
  () => [],
  () => ({}),
  () => new Map(),
  () => new Set(),
  () => new Error("node"),
];

/** Puts one value into a node, of whatever class it is. */
function insert(node: Node, name: string, value: unknown): void {
  if (Array.isArray(node)) node.push(value);
  else if (node instanceof Map) node.set(name.length % 2 === 0 ? name : value, value);
  else if (node instanceof Set) node.add(value);
  else if (node instanceof Error) Object.assign(node, name === "cause" ? {} : { [`own ${name}`]: value });
  else node[name] = value;
}

/** Graphs: any number of references from any node to any other or itself, cycles through all classes included. */
export const anyGraph = (): fc.Arbitrary<unknown> =>
  fc
    .record({
      classes: fc.array(fc.nat({ max: NODES.length - 1 }), { minLength: 1, maxLength: 12 }),
      links: fc.array(fc.record({ from: fc.nat(), to: fc.nat(), name: key() }), { maxLength: 40 }),
      leaves: fc.array(fc.record({ at: fc.nat(), name: key(), value: leaf() }), { maxLength: 8 }),
    })
    .map(({ classes, links, leaves }) => {
      const nodes = classes.map((index) => NODES[index]!());
      const at = (index: number): Node => nodes[index % nodes.length]!;
      for (const { at: index, name, value } of leaves) insert(at(index), name, value);
      for (const { from, to, name } of links) {
        insert(at(from), name, at(to));
      }
      return nodes[0];
    });
