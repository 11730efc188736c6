import * as fc from "fast-check";

/** What is special to somebody who reads: JSON, superjson, headers, stored heads, numbers at their ends. */
const TOKENS = [
  ...["\n", " ", ",", ":", "{", "}", "[", "]", '"', "\\", "~", "!", ".", "%", "%zz", "\0", "\u{2028}", "\ufeff"],
  ...["null", "true", "-0", "1e999", "-1", "0.5", "9007199254740993", "4294967296", "NaN", "undefined", "1e308"],
  ...['"__proto__":', '"constructor":', '"prototype":', '{"__proto__":{"polluted":1}}', '"toString":1', '"length":-1'],
  ...['"cause":{"name":1}', '"errors":[null]', '"meta":{"values":{"a":["Date"]},"v":1}', '"shared":true', '"kid":1'],
  ...["[".repeat(80), '{"a":'.repeat(80), "9".repeat(5000), "\ud800", "R", "SUCCESS 1 x\n"],
].map((token) => Buffer.from(token));

/** One change of bytes; `at` is a place as a share of the length. */
type Change = (bytes: Buffer, at: number) => Buffer;

const cut = (bytes: Buffer, at: number): number => Math.floor(at * (bytes.length + 1));

const insert =
  (piece: Uint8Array): Change =>
  (bytes, at) =>
    Buffer.concat([bytes.subarray(0, cut(bytes, at)), piece, bytes.subarray(cut(bytes, at))]);

const remove =
  (length: number): Change =>
  (bytes, at) =>
    Buffer.concat([bytes.subarray(0, cut(bytes, at)), bytes.subarray(cut(bytes, at) + length)]);

const overwrite =
  (piece: Uint8Array): Change =>
  (bytes, at) =>
    insert(piece)(remove(piece.length)(bytes, at), at);

const repeat =
  (length: number): Change =>
  (bytes, at) =>
    insert(bytes.subarray(cut(bytes, at), cut(bytes, at) + length))(bytes, at);

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom(...TOKENS).map(insert),
  fc.constantFrom(...TOKENS).map(overwrite),
  fc.nat({ max: 12 }).map(remove),
  fc.nat({ max: 40 }).map(repeat),
  fc.uint8Array({ minLength: 1, maxLength: 4 }).map(overwrite),
  fc.constant<Change>((bytes, at) => bytes.subarray(0, cut(bytes, at))),
);

/** Bytes that somebody else wrote: valid ones with up to eight changes, two of them joined, or noise. */
export function mutated(valid: readonly Uint8Array[]): fc.Arbitrary<Buffer> {
  const seed = fc.constantFrom(...valid).map((bytes) => Buffer.from(bytes));
  const changes = fc.array(fc.tuple(change, fc.double({ min: 0, max: 0.999, noNaN: true })), { maxLength: 8 });
  const changed = fc
    .tuple(seed, changes)
    .map(([bytes, all]) => all.reduce<Buffer>((now, [one, at]) => one(now, at), bytes).subarray(0, MAX_BYTES));
  const joined = fc
    .tuple(seed, seed, fc.double({ min: 0, max: 0.999, noNaN: true }))
    .map(([a, b, at]) => Buffer.concat([a.subarray(0, cut(a, at)), b.subarray(cut(b, at))]));
  return fc.oneof(
    { weight: 6, arbitrary: changed },
    { weight: 2, arbitrary: joined },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  );
}

/** What a change makes of any input stays so small that reading it is bounded. */
const MAX_BYTES = 64 * 1024;

const ODD: readonly unknown[] = [
  ...[null, true, 0, -1, 0.5, 1e308, 2 ** 53, "", "x", "__proto__", "constructor", "\ud800", "1e9", "-1"],
  ...[[], {}, [null], [[]], { a: null }, { toString: 1 }, { name: 1, message: {} }, { length: -1 }, "9".repeat(500)],
];

/** JSON in which up to four places hold something else, are gone, or have a key too many. */
export function mutatedJson(valid: readonly unknown[]): fc.Arbitrary<unknown> {
  const steps = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...ODD), fc.constantFrom("replace", "remove", "add")), {
    minLength: 1,
    maxLength: 4,
  });
  return fc.tuple(fc.constantFrom(...valid), steps).map(([value, changes]) => {
    let copy = structuredClone(value);
    for (const [place, odd, how] of changes) copy = changeOne(copy, place, structuredClone(odd), how);
    return copy;
  });
}

function changeOne(root: unknown, place: number, odd: unknown, how: "replace" | "remove" | "add"): unknown {
  const places = placesIn(root);
  if (places.length === 0) return odd;
  const [parent, key] = places[place % places.length]!;
  if (how === "remove") Reflect.deleteProperty(parent, key);
  else Reflect.set(parent, how === "add" ? `${key}x` : key, odd);
  return root;
}

type Place = readonly [parent: object, key: string];

function placesIn(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((key): Place[] => [
    [value, key],
    ...placesIn((value as Record<string, unknown>)[key]),
  ]);
}
