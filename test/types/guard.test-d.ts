import { type NotSerializable, type Stub, type StubOf, type StubWith, task } from "@taskgen/core";
import { CardDeclined } from "./fixtures/shop/src/billing/tasks/errors.js";
import { typeOf } from "./type-of.js";

type Refused<Reason extends string> = [NotSerializable<Reason>, ...NotSerializable<Reason>[]];

// What can never travel shows where it is; nothing can be passed in its place.
export const callback = task((done: () => void) => done());
typeOf<StubOf<typeof callback>>().is<Stub<Refused<"argument 1 is a function">, void>>();
export const key = task((name: string, tag: symbol) => name + String(tag));
typeOf<StubOf<typeof key>>().is<Stub<Refused<"argument 2 is a symbol">, string>>();
export const early = task({ throws: [CardDeclined] }, (name: Promise<string>) => name);
typeOf<StubOf<typeof early>>().is<
  StubWith<Refused<"argument 1 is a Promise">, string, { readonly throws: readonly [typeof CardDeclined] }>
>();
export const type = task((made: typeof CardDeclined) => made.length);
typeOf<StubOf<typeof type>>().is<Stub<Refused<"argument 1 is a function">, number>>();
export const options = task(
  (name: string, then: { readonly name: string; readonly onDone: () => void }) => name + then.name,
);
typeOf<StubOf<typeof options>>().is<Stub<Refused<"argument 2 .onDone is a function">, string>>();
export const job = task((from: { at: Promise<Date>; tag: symbol }) => from.tag.toString());
typeOf<StubOf<typeof job>>().is<Stub<Refused<"argument 1 .at is a Promise" | "argument 1 .tag is a symbol">, string>>();
export const returns = task(() => () => 1);
typeOf<StubOf<typeof returns>>().is<Stub<[], NotSerializable<"the result is a function">>>();
export const handle = task(async (n: number) => ({ n, stop: () => n }));
typeOf<StubOf<typeof handle>>().is<Stub<[n: number], NotSerializable<"the result .stop is a function">>>();
class Account {
  balance = 1;
  close(): void {}
}
export const account = task((of: Account) => of.balance);
typeOf<StubOf<typeof account>>().is<Stub<Refused<"argument 1 .close is a function">, number>>();

declare const stubs: {
  readonly callback: StubOf<typeof callback>;
  readonly returns: StubOf<typeof returns>;
  readonly options: StubOf<typeof options>;
};
// @ts-expect-error argument 1 is a function
void stubs.callback.delay(() => {});
// @ts-expect-error not without it either
void stubs.callback.delay();
// @ts-expect-error the result is a function
export const made: () => number = await stubs.returns.delay().get();
// @ts-expect-error argument 2 .onDone is a function
void stubs.options.delay("a", { name: "b", onDone: () => {} });
// @ts-expect-error by any way
void stubs.options.applyAsync(["a", { name: "b", onDone: () => {} }]);
// @ts-expect-error by any way
void stubs.options.delayMany([["a", { name: "b", onDone: () => {} }]]);
// @ts-expect-error by any way
void stubs.options.with({ priority: 1 }).delay("a", { name: "b", onDone: () => {} });

// What callers can leave out, or may be something else, is left to `taskgen check`.
export const optional = task((name: string, done?: () => void): string => (done === undefined ? name : ""));
typeOf<Parameters<StubOf<typeof optional>["delay"]>>().is<Parameters<typeof optional>>();
export const optionalProperty = task((given: { name: string; done?: () => void }) => given.name);
typeOf<StubOf<typeof optionalProperty>>().is<Stub<[given: { name: string; done?: () => void }], string>>();
export const either = task((given: string | (() => string)) => typeof given);
typeOf<Parameters<StubOf<typeof either>["delay"]>>().is<[given: string | (() => string)]>();
export const deeper = task((given: { a: { done: () => void } }) => typeof given);
typeOf<Parameters<StubOf<typeof deeper>["delay"]>>().is<[given: { a: { done: () => void } }]>();

// What is not known stays quiet.
// oxlint-disable-next-line typescript/no-explicit-any -- what the test is about
export const loose = task((a: any, b: unknown, c: object, d: {}, e: { deep: any }) => [a, b, c, d, e] as any);
// oxlint-disable-next-line typescript/no-explicit-any -- what the test is about
typeOf<StubOf<typeof loose>>().is<Stub<[a: any, b: unknown, c: object, d: {}, e: { deep: any }], any>>();

// Classes of the platform, brands, unions, recursive types travel; their methods are nobody's business.
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
interface Tree {
  readonly left?: Tree;
  readonly children: readonly Tree[];
  readonly parent: Tree | null;
}
type UserId = string & { readonly __brand: "UserId" };
type Event = { kind: "a"; at: Date } | { kind: "b"; by: UserId };
export const plain = task(
  (
    a: Date,
    b: ReadonlyMap<string, Set<URL>>,
    c: Uint8Array,
    d: Buffer,
    e: Error,
    f: UserId,
    g: Json,
    h: Tree,
    i: Event,
  ) => [a, b, c, d, e, f, g, h, i] as const,
);
typeOf<Parameters<StubOf<typeof plain>["delay"]>>().is<Parameters<typeof plain>>();
export const others = task(
  (
    a: URLSearchParams,
    b: ArrayBuffer,
    c: DataView,
    d: bigint[],
    e: readonly [1, "a"],
    f: boolean,
    g: null,
    h: Record<string, number>,
  ) => [a, b, c, d, e, f, g, h] as const,
);
typeOf<Parameters<StubOf<typeof others>["delay"]>>().is<Parameters<typeof others>>();
export const nothing = task(() => {});
typeOf<StubOf<typeof nothing>>().is<Stub<[], void>>();
