import { type Stub, type StubOf, task, type TaskCall } from "@taskgen/core";
import { typeOf } from "./type-of.js";

// A parameter without a type is `never`, not `any`: no call compiles, neither of the function nor of the stub.
export const silent = task((x) => x);
export const silentAsync = task(async (x) => [x]);
export const silentRest = task((...xs) => xs.length);
typeOf<StubOf<typeof silent>>().is<Stub<[x: never], never>>();
typeOf<StubOf<typeof silentAsync>>().is<Stub<[x: never], never[]>>();
typeOf<StubOf<typeof silentRest>>().is<Stub<never[], number>>();
declare const stubs: { readonly silent: StubOf<typeof silent>; readonly silentRest: StubOf<typeof silentRest> };
// @ts-expect-error nothing is a never
void stubs.silent.delay(1);
// @ts-expect-error nothing is a never
void stubs.silentRest.delay(1);
// @ts-expect-error nothing is a never
silent(1);
// @ts-expect-error a never has no properties
export const careless = task((order) => order.total);

// A default gives a parameter its type, unless it is taken apart.
export const defaults = task((count = 1, name = "a") => [count, name] as const);
typeOf<StubOf<typeof defaults>>().is<
  Stub<[count?: number | undefined, name?: string | undefined], readonly [number, string]>
>();
export const apart = task(({ deep }: { deep: bigint } = { deep: 1n }) => deep);
typeOf<StubOf<typeof apart>>().is<Stub<[({ deep: bigint } | undefined)?], bigint>>();
// @ts-expect-error the parameter needs a type
export const bare = task(({ deep } = { deep: 1n }) => deep);

// A function with type parameters is called with its constraints; in place it keeps them.
export const first = task(<T>(list: readonly T[]) => list[0]);
typeOf<StubOf<typeof first>>().is<Stub<[list: readonly unknown[]], unknown>>();
typeOf(first(["a", "b"])).is<string | undefined>();

// An overloaded function is called by its last signature; in place it keeps all.
function parse(text: string): string;
function parse(count: number): number;
function parse(given: string | number): string | number {
  return given;
}
export const overloaded = task(parse);
typeOf<StubOf<typeof overloaded>>().is<Stub<[count: number], number>>();
typeOf(overloaded("a")).is<string>();

// A function that never returns, and a result that is `any` by its author's own words.
export const fails = task((): never => {
  throw new Error("always");
});
typeOf<StubOf<typeof fails>>().is<Stub<[], never>>();
export const parsed = task((text: string): unknown => JSON.parse(text));
typeOf<ReturnType<StubOf<typeof parsed>["delay"]>>().is<TaskCall<unknown>>();

// What is no task has no stub.
typeOf<StubOf<(x: number) => number>>().is<never>();
typeOf<StubOf<string>>().is<never>();
