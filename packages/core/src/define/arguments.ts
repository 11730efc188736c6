import type { SchemaInput, SchemaOutput, StandardSchemaV1 } from "./standard-schema.js";

/** Schemas of a task's arguments: one of the whole list, or a list with one for each parameter. */
export type ArgumentsSchema = StandardSchemaV1<unknown, readonly unknown[]> | readonly StandardSchemaV1[];

/** Turns arguments of an earlier contract into those of today. */
export type Upcaster = (args: readonly unknown[]) => readonly unknown[] | Promise<readonly unknown[]>;

/** The functions that options allow: any without `args`, otherwise those that take what the schema gives. */
export type FunctionFor<O> = O extends { readonly args: infer S }
  ? (...args: 0 extends S & 1 ? never[] : OutputOf<S>) => unknown
  : (...args: never[]) => unknown;

/** What a schema gives. `OutputOf<readonly [typeof z.string(), typeof z.number()]>` is `[string, number]`. */
type OutputOf<S> = S extends readonly unknown[] ? Outputs<S> : ListOf<SchemaOutput<S>>;

/** What it takes; elements at the end that may be absent are optional. */
type InputOf<S> = S extends readonly unknown[] ? TrailingOptional<Inputs<S>> : ListOf<SchemaInput<S>>;

type Outputs<L extends readonly unknown[]> = { -readonly [I in keyof L]: SchemaOutput<L[I]> };
type Inputs<L extends readonly unknown[]> = { -readonly [I in keyof L]: SchemaInput<L[I]> };
type ListOf<T> = T extends readonly unknown[] ? [...T] : unknown[];

/** `TrailingOptional<[string, number | undefined]>` is `[string, (number | undefined)?]`. */
type TrailingOptional<T extends readonly unknown[]> = T extends readonly [...infer Rest, infer Last]
  ? IsOptional<Last> extends true
    ? [...TrailingOptional<Rest>, Last?]
    : T
  : T;

/** Whether a schema that takes `T` may be given nothing; of `unknown` that is not known. */
type IsOptional<T> = unknown extends T ? false : undefined extends T ? true : false;

/**
 * What callers give to a function with options: its parameters, or what the schema of `args` takes where that differs.
 * The labels are those of the parameters, but for functions with a rest parameter.
 */
export type ArgumentsFor<P extends readonly unknown[], O> = O extends { readonly args: infer S }
  ? 0 extends S & 1
    ? P
    : Relabelled<InputOf<S>, P>
  : P;

type Relabelled<I extends readonly unknown[], P extends readonly unknown[]> = [I, P] extends [P, I]
  ? P
  : number extends I["length"] | P["length"]
    ? I
    : WithLabels<I, P>;

/** `I` with the labels of `P`. `WithLabels<[Date, string?], [at: string, by: string]>` is `[at: Date, by?: string]`. */
type WithLabels<I extends readonly unknown[], P extends readonly unknown[], Done extends unknown[] = []> = [
  I["length"],
  P["length"],
] extends [0, unknown] | [unknown, 0]
  ? [...Done, ...I]
  : P extends readonly [unknown?, ...infer Others]
    ? I extends readonly [infer First, ...infer Rest]
      ? WithLabels<Rest, Others, [...Done, ...Required<Filled<Head<P, Others>, First>>]>
      : I extends readonly [(infer First)?, ...infer Rest]
        ? WithLabels<Rest, Others, [...Done, ...Partial<Filled<Head<P, Others>, First>>]>
        : never
    : never;

/** The first element, with its label. `Head<[a: 1, b: 2], [b: 2]>` is `[a: 1]`. */
type Head<P extends readonly unknown[], Others extends readonly unknown[]> = P extends readonly [...infer H, ...Others]
  ? H
  : [unknown];

/** `Filled<[a: 1], 2>` is `[a: 2]`. */
type Filled<T extends readonly unknown[], V> = { -readonly [K in keyof T]: V };
