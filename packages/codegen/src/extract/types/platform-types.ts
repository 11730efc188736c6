import { ts } from "#compiler";
import { BUILTINS, type Builtin } from "../../contract/type-model.js";
import { FAULTS, platformFault, unknownFault, type Fault } from "./faults.js";
import { isPlatform } from "./platform.js";

/** What a name of the platform stands for. */
export type PlatformType =
  | { readonly kind: "builtin"; readonly name: Builtin }
  | { readonly kind: "map" | "set" }
  | { readonly kind: "fault"; readonly fault: Fault };

const builtin = (name: Builtin): PlatformType => ({ kind: "builtin", name });
const fault = (fault: Fault): PlatformType => ({ kind: "fault", fault });
const denied = (name: string, advice: string): PlatformType => fault(platformFault(name, advice));

const all = (names: string, meaning: (name: string) => PlatformType): [string, PlatformType][] =>
  names.split(" ").map((name) => [name, meaning(name)]);

const ERRORS = "EvalError RangeError ReferenceError SyntaxError TypeError URIError AggregateError SuppressedError";

const ITERATORS =
  "Generator AsyncGenerator Iterator AsyncIterator Iterable AsyncIterable IterableIterator AsyncIterableIterator " +
  "IteratorObject AsyncIteratorObject ArrayIterator MapIterator SetIterator StringIterator RegExpStringIterator " +
  "ReadableStream ReadableStreamDefaultReader WritableStream WritableStreamDefaultWriter TransformStream " +
  "Stream Readable Writable Duplex Transform PassThrough ReadStream WriteStream ReadableBase WritableBase " +
  "ReadWriteStream Socket IncomingMessage ServerResponse FileHandle Interface";

const NAMES: ReadonlyMap<string, PlatformType> = new Map([
  ...BUILTINS.map((name): [string, PlatformType] => [name, builtin(name)]),
  ...all(`${ERRORS} ErrnoException`, () => builtin("Error")),
  ...all("Map ReadonlyMap", () => ({ kind: "map" })),
  ...all("Set ReadonlySet", () => ({ kind: "set" })),
  ...all("Promise PromiseLike", () => fault(FAULTS.promise)),
  ...all(ITERATORS, () => fault(FAULTS.stream)),
  ...all("Function CallableFunction NewableFunction", () => fault(FAULTS.function)),
  ...all("Symbol", () => fault(FAULTS.symbol)),
  ...all("Object", (name) => fault(unknownFault(name))),
  ...all("String Number Boolean BigInt", (name) => denied(name, `write ${name.toLowerCase()}`)),
  ...all("RegExp", (name) => denied(name, "send its source and flags as strings")),
  ...all("WeakMap", (name) => denied(name, "send a Map")),
  ...all("WeakSet", (name) => denied(name, "send a Set")),
  ...all("WeakRef", (name) => denied(name, "send what it refers to")),
  ...all("Blob File", (name) => denied(name, "send its bytes as a Uint8Array, or where they are stored")),
  ...all("FormData Headers", (name) => denied(name, "send its entries as an array")),
  ...all("SharedArrayBuffer", (name) => denied(name, "send a copy of its bytes")),
  ...all("ArrayBufferView", (name) => denied(name, "write Uint8Array")),
  ...all("ArrayLike ConcatArray", (name) => denied(name, "write an array")),
]);

/** The value side of a symbol: what has one beside its type is a class, whatever it is called. */
const VALUE = ts.SymbolFlags.Class | ts.SymbolFlags.Variable;

/** The meaning of a type that the platform declares; `undefined` for others, and for the platform's plain data. */
export function platformType(symbol: ts.Symbol | undefined): PlatformType | undefined {
  if (symbol === undefined || !isNamed(symbol) || !isOfPlatform(symbol)) return undefined;
  const known = NAMES.get(symbol.name);
  if (known !== undefined) return known;
  return symbol.flags & VALUE ? fault(platformFault(symbol.name, undefined)) : undefined;
}

const isNamed = ({ flags }: ts.Symbol): boolean => (flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface)) !== 0;

/** n.b. a project may add to what the platform declares; then one declaration of many is not the platform's. */
export const isOfPlatform = (symbol: ts.Symbol): boolean =>
  symbol.declarations?.some((declaration) => isPlatform(declaration.getSourceFile().fileName)) === true;
