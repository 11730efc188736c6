/**
 * TypeScript that says what the type model erases of what callers send: brands, enums, what backs a typed array, the methods
 * of registered classes. `Erase` of a source type is what its printed form is held against where the source type itself
 * asks for more. It is written in types and evaluated by the compiler, so that it shares no code with what it checks, and it
 * erases nothing else: a type that is printed wrongly fits neither.
 *
 * A branded primitive has more keys than its primitive; the text of an enum's member is that of its value; `string`, its
 * brands and `Uppercase<string>` can be keys of any object, while literals cannot.
 *
 * n.b. lists become objects with their items, and maps interfaces: the compiler goes into the arguments of a generic type,
 * and into the items of a mapped tuple, at once, which has no end in a type that contains itself.
 */
export const ERASE = `
type Erase<T> = 0 extends 1 & T ? T : unknown extends T ? T : ErasePart<T>;
type ErasePart<T> =
  T extends string ? EraseString<T>
  : T extends number ? (IsBranded<T, number> extends true ? number : EraseNumber<T>)
  : T extends bigint ? (IsBranded<T, bigint> extends true ? bigint : T)
  : T extends true ? true
  : T extends false ? false
  : T extends void ? undefined
  : T extends null ? null
  : T extends Date ? Date
  : T extends Location ? T
  : T extends (...args: never[]) => unknown ? T
  : T extends ArrayBuffer | ArrayBufferView ? EraseBinary<T>
  : T extends ReadonlyMap<infer K, infer V> ? ErasedMap<K, V>
  : T extends ReadonlySet<infer E> ? ErasedSet<E>
  : T extends readonly unknown[] ? EraseMembers<T>
  : T extends ErrorOfErrors ? Error
  : [keyof T] extends [never] ? unknown
  : HasMethods<T> extends true ? Partial<EraseMembers<T>>
  : EraseMembers<T>;
type EraseMembers<T> = {
  [K in keyof T as K extends symbol | Mark ? never : IsMethod<T[K]> extends true ? never : K]: Erase<T[K]>;
};
interface ErasedMap<K, V> {
  forEach: (callback: (value: Erase<V>, key: Erase<K>) => void) => void;
  get: unknown;
}
interface ErasedSet<E> {
  forEach: (callback: (value: Erase<E>) => void) => void;
  add: unknown;
}

type IsBranded<T, P> = [Exclude<keyof T, keyof P>] extends [never] ? false : true;
type EraseString<T extends string> =
  IsBranded<T, string> extends true ? string
  : T extends Uppercase<string> | Lowercase<string> | Capitalize<string> | Uncapitalize<string> ? EraseCase<T>
  : \`\${T}\`;
type EraseCase<T extends string> = {} extends Record<T, 1> ? string : \`\${T}\`;
type EraseNumber<T extends number> = \`\${T}\` extends \`\${infer N extends number}\` ? N : T;

type Mark = \`\${"_" | "__"}\${"brand" | "flavor" | "nominal" | "opaque" | "tag"}\`;
type IsMethod<F> = [F] extends [never] ? false : [F] extends [(...args: never[]) => unknown] ? true : false;
type HasMethods<T> = true extends { [K in keyof T]-?: 0 extends 1 & T[K] ? false : IsMethod<T[K]> }[keyof T] ? true : false;
type ErrorOfErrors = { name: string; message: string } & ({ errors: any[] } | { error: any; suppressed: any });
type Location = { readonly searchParams: unknown; toJSON(): string } | { getAll(name: string): string[]; sort(): void };

type NodeBuffer = typeof globalThis extends { Buffer: { isBuffer(value: unknown): value is infer T } } ? T : never;
type EraseBinary<T> = T extends { readonly equals: unknown } ? NodeBuffer
  : T extends Int8Array ? Int8Array
  : T extends Uint8Array ? Uint8Array
  : T extends Uint8ClampedArray ? Uint8ClampedArray
  : T extends Int16Array ? Int16Array
  : T extends Uint16Array ? Uint16Array
  : T extends Int32Array ? Int32Array
  : T extends Uint32Array ? Uint32Array
  : T extends Float32Array ? Float32Array
  : T extends Float64Array ? Float64Array
  : T extends BigInt64Array ? BigInt64Array
  : T extends BigUint64Array ? BigUint64Array
  : T extends DataView ? DataView
  : T extends ArrayBuffer ? ArrayBuffer
  : T;
`;
