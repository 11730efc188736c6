/** Whether two types are one and the same; `any` is the same as nothing but `any`. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- two deferred conditional types are compared by identity
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `typeOf(1 + 1).is<number>()` compiles; with any other type it does not. */
export declare function typeOf<const A>(value: A): TypeOf<A>;

/** `typeOf<string>().is<string>()`: the same for a type alone. */
export declare function typeOf<A>(): TypeOf<A>;

interface TypeOf<A> {
  is<B>(...proof: Same<A, B> extends true ? [] : [wanted: B, but: A]): void;
}
