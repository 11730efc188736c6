declare const reason: unique symbol;

/**
 * Stands in for what would not survive the trip: for the parameters of a task that no call can reach, or for a result that
 * no caller can have. Nothing is assignable to it; `Reason` says what is wrong. `npx taskgen check` finds more, and deeper.
 */
export interface NotSerializable<Reason extends string> {
  readonly [reason]: Reason;
}

/**
 * `A`, or a complaint in its place about what can never travel. `Travelling<[on: () => void]>` is a `NotSerializable`.
 * n.b. the first question is one for all parameters and needs no type of its own: of nearly every task no more is asked.
 */
export type Travelling<A extends readonly unknown[]> = [Suspect<A[number]>] extends [never]
  ? A
  : [Complaints<A>] extends [never]
    ? A
    : Refused<NotSerializable<Complaints<A>>>;

/**
 * The same for a result.
 * n.b. not a part of `Travelling`: calls whose parameters depended on the result would be circular in tasks that call
 * each other and have their results inferred. Of a result that depends on itself the complaint is `any`; the compiler has
 * its own error for that.
 */
export type TravellingResult<R, Place extends string = "the result"> =
  Complaint<R, Place> extends infer C extends string
    ? 0 extends C & 1
      ? R
      : [C] extends [never]
        ? R
        : NotSerializable<C>
    : R;

/** For any number of arguments, so that the complaint is shown rather than their number. */
type Refused<N> = [N, ...N[]];

/** One for each required parameter that cannot travel. */
type Complaints<A extends readonly unknown[], Before extends readonly unknown[] = [unknown]> = A extends readonly [
  infer First,
  ...infer Rest,
]
  ? Complaint<First, `argument ${Before["length"]}`> | Complaints<Rest, [...Before, unknown]>
  : never;

/** The members of a union that cannot travel, or whose properties cannot; and `any`. */
type Suspect<T> = T extends Plain
  ? never
  : T extends Forbidden
    ? T
    : [keyof T & Telling] extends [never]
      ? Extract<T[keyof T], Forbidden>
      : never;

/**
 * About a type itself, or about its properties. What is a class by its own words (a Date, an array, a Map …) is left to the
 * generator, and so is a union with a member that travels. Nothing is said of `any`, `unknown` and `never`.
 */
type Complaint<T, Place extends string> = [T] extends [Plain]
  ? never
  : [T] extends [Forbidden]
    ? `${Place} is a ${KindOf<T>}`
    : [keyof T & Telling] extends [never]
      ? [Extract<T[keyof T], Forbidden>] extends [never]
        ? never
        : { [K in keyof T & string]: KindComplaint<T[K], `${Place} .${K}`> }[keyof T & string]
      : never;

type KindComplaint<T, Place extends string> = [T] extends [Plain]
  ? never
  : [T] extends [Forbidden]
    ? `${Place} is a ${KindOf<T>}`
    : never;

type KindOf<T> = [T] extends [symbol] ? "symbol" : [T] extends [PromiseLike<unknown>] ? "Promise" : "function";

type Plain = string | number | bigint | boolean | null | undefined;

type Forbidden =
  symbol | PromiseLike<unknown> | ((...args: never) => unknown) | (abstract new (...args: never) => unknown);

type Telling = "toString" | "toJSON" | "valueOf" | typeof Symbol.iterator | typeof Symbol.toStringTag;
