import { endianness } from "node:os";

/** Binary data as text: the name of its class, and its bytes in base64, the lowest byte of a number first. */
export type BinaryText = readonly [name: string, base64: string];

export type Binary = ArrayBuffer | ArrayBufferView;

interface TypedArrayConstructor {
  readonly name: string;
  readonly prototype: object;
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): Binary;
}

/** A class of binary data. */
export interface BinaryClass {
  /** Bytes of one element. */
  readonly width: number;
  readonly prototype: object;
  /** Puts bytes into it. */
  readonly over: (buffer: ArrayBuffer) => Binary;
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

/** By name. */
export const BINARY_CLASSES: ReadonlyMap<string, BinaryClass> = new Map<string, BinaryClass>([
  ["ArrayBuffer", { width: 1, prototype: ArrayBuffer.prototype, over: (buffer) => buffer }],
  ["DataView", { width: 1, prototype: DataView.prototype, over: (buffer) => new DataView(buffer) }],
  ["Buffer", { width: 1, prototype: Buffer.prototype, over: (buffer) => Buffer.from(buffer) }],
  ...TYPED_ARRAYS.map((Class): [string, BinaryClass] => [
    Class.name,
    { width: Class.BYTES_PER_ELEMENT, prototype: Class.prototype, over: (buffer) => new Class(buffer) },
  ]),
]);

const NAMES: ReadonlyMap<object, string> = new Map(
  Array.from(BINARY_CLASSES, ([name, { prototype }]) => [prototype, name]),
);

/** The prototypes of all classes of binary data. */
export const BINARY_PROTOTYPES: readonly object[] = [...NAMES.keys()];

export const isBinary = (value: unknown): value is Binary => value instanceof ArrayBuffer || ArrayBuffer.isView(value);

/** A view travels as the bytes that it shows, not as the whole buffer behind it. */
export function binaryText(value: Binary): BinaryText {
  const name = NAMES.get(Object.getPrototypeOf(value) as object) ?? "Uint8Array";
  const bytes = ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength)
    : Buffer.from(value);
  return [name, lowestByteFirst(bytes, BINARY_CLASSES.get(name)!.width).toString("base64")];
}

const SWAPS: Readonly<Record<number, (bytes: Buffer) => Buffer>> = {
  2: (bytes) => bytes.swap16(),
  4: (bytes) => bytes.swap32(),
  8: (bytes) => bytes.swap64(),
};

/** Turns the bytes of each element around where the machine has the highest byte first; a copy then. */
export function lowestByteFirst(bytes: Buffer, width: number): Buffer {
  const swap = endianness() === "BE" ? SWAPS[width] : undefined;
  return swap === undefined ? bytes : swap(Buffer.from(bytes));
}
