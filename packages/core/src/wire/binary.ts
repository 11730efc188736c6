import { endianness } from "node:os";
import { Refusal } from "./refusal.js";

/** Binary data as text: the name of its class, and its bytes in base64, the lowest byte of a number first. */
export type BinaryText = readonly [name: string, base64: string];

type Binary = ArrayBuffer | ArrayBufferView;

interface BinaryClass {
  /** Bytes of one element. */
  readonly width: number;
  readonly prototype: object;
  readonly revive: (buffer: ArrayBuffer) => Binary;
}

interface TypedArrayConstructor {
  readonly name: string;
  readonly prototype: object;
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): Binary;
}

const TYPED_ARRAYS: readonly TypedArrayConstructor[] = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];

const CLASSES: ReadonlyMap<string, BinaryClass> = new Map<string, BinaryClass>([
  ["ArrayBuffer", { width: 1, prototype: ArrayBuffer.prototype, revive: (buffer) => buffer }],
  ["DataView", { width: 1, prototype: DataView.prototype, revive: (buffer) => new DataView(buffer) }],
  ["Buffer", { width: 1, prototype: Buffer.prototype, revive: (buffer) => Buffer.from(buffer) }],
  ...TYPED_ARRAYS.map((Class): [string, BinaryClass] => [
    Class.name,
    { width: Class.BYTES_PER_ELEMENT, prototype: Class.prototype, revive: (buffer) => new Class(buffer) },
  ]),
]);

const NAMES: ReadonlyMap<object, string> = new Map(Array.from(CLASSES, ([name, { prototype }]) => [prototype, name]));

/** The prototypes of all classes of binary data. */
export const BINARY_PROTOTYPES: readonly object[] = [...NAMES.keys()];

export const isBinary = (value: unknown): value is Binary => value instanceof ArrayBuffer || ArrayBuffer.isView(value);

/** A view travels as the bytes that it shows, not as the whole buffer behind it. */
export function binaryText(value: Binary): BinaryText {
  const name = NAMES.get(Object.getPrototypeOf(value) as object) ?? "Uint8Array";
  const bytes = ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength)
    : Buffer.from(value);
  return [name, lowestByteFirst(bytes, CLASSES.get(name)!.width).toString("base64")];
}

/**
 * The same class over a buffer of its own; a Buffer comes back as a Buffer.
 * @param text came over the wire
 * @throws Refusal when it is not what `binaryText` makes.
 */
export function binaryOf(text: unknown): Binary {
  const [name, base64] = Array.isArray(text) ? (text as readonly unknown[]) : [];
  const binary = typeof name === "string" ? CLASSES.get(name) : undefined;
  if (binary === undefined || typeof base64 !== "string") throw new Refusal("has binary data of an unknown class");
  const bytes = Buffer.from(base64, "base64");
  if (Math.ceil(bytes.length / 3) * 4 !== base64.length || bytes.length % binary.width !== 0) {
    throw new Refusal(`has a ${name as string} that is not base64 of whole elements`);
  }
  // a Buffer of few bytes lies in a pool that it shares with others
  const own = new Uint8Array(bytes.length);
  own.set(lowestByteFirst(bytes, binary.width));
  return binary.revive(own.buffer);
}

const SWAPS: Readonly<Record<number, (bytes: Buffer) => Buffer>> = {
  2: (bytes) => bytes.swap16(),
  4: (bytes) => bytes.swap32(),
  8: (bytes) => bytes.swap64(),
};

/** Turns the bytes of each element around where the machine has the highest byte first; a copy then. */
function lowestByteFirst(bytes: Buffer, width: number): Buffer {
  const swap = endianness() === "BE" ? SWAPS[width] : undefined;
  return swap === undefined ? bytes : swap(Buffer.from(bytes));
}
