import type {
  AsyncResult,
  AsyncResultWith,
  Settled,
  StubWith,
  TaskCallsWith,
  TaskCallWith,
  TaskError,
  UnknownExtras,
} from "@taskgen/core";
import type { CardDeclined, LimitReached } from "./fixtures/shop/src/billing/tasks/errors.js";
import { tasks } from "./fixtures/shop/src/_generated/client.js";
import { typeOf } from "./type-of.js";

type Paid = { order: string; paid: true };
type Declared = { readonly throws: readonly [typeof CardDeclined, typeof LimitReached] };

// A task that declares errors carries them through every way of calling it.
const { charge, refund } = tasks.billing;
typeOf(charge).is<StubWith<[order: string, cents: number], Paid, Declared>>();
typeOf(charge.delay).is<(order: string, cents: number) => TaskCallWith<Paid, Declared>>();
typeOf(charge.with({ queue: "a" }).applyAsync(["a", 1])).is<TaskCallWith<Paid, Declared>>();
typeOf(charge.delayMany([["a", 1]])).is<TaskCallsWith<Paid, Declared>>();
typeOf(await charge.delayMany([["a", 1]])).is<readonly AsyncResultWith<Paid, Declared>[]>();
const result = await charge.delay("a", 1);
typeOf(result).is<AsyncResultWith<Paid, Declared>>();
typeOf<Awaited<typeof result>>().is<AsyncResultWith<Paid, Declared>>();
typeOf(await result.get()).is<Paid>();
typeOf(result.revoke({ terminate: true })).is<Promise<void>>();
typeOf(await charge.delay("a", 1).get()).is<Paid>();
typeOf<keyof AsyncResultWith<Paid, Declared>>().is<keyof AsyncResult<Paid>>();

// Errors of the base task, where the task itself declares none.
typeOf(refund).is<StubWith<[order: string], number, { readonly throws: readonly [typeof CardDeclined] }>>();

// What declares one error does not stand in for what declares another.
type Limited = { readonly throws: readonly [typeof LimitReached] };
declare const stub: StubWith<[order: string], number, Limited>;
// @ts-expect-error the card may be declined, rather than the limit reached
export const otherStub: typeof refund = stub;
// @ts-expect-error the same of its calls
export const otherCall: ReturnType<typeof refund.delay> = stub.delay("a");
// @ts-expect-error the same of many calls
export const otherCalls: ReturnType<typeof refund.delayMany> = stub.delayMany([["a"]]);
// @ts-expect-error the same of its results
export const otherResult: Awaited<ReturnType<typeof refund.delay>> = await stub.delay("a");

// Where any error is welcome, all results are; where one is, results without any are too.
export const anyError: AsyncResultWith<Paid, UnknownExtras> = result;
export const noError: AsyncResultWith<number, Declared> = await tasks.add.delay(4, 4);

// settled() is told apart by ok, then by declared, then by the error's code.
const settled = await result.settled();
typeOf(settled).is<Settled<Paid, CardDeclined | LimitReached>>();
if (settled.ok) {
  typeOf(settled.value).is<Paid>();
  typeOf(settled.state).is<"SUCCESS">();
  // @ts-expect-error a success has no error
  void settled.error;
} else if (settled.declared) {
  typeOf(settled.state).is<"FAILURE">();
  typeOf(settled.error).is<CardDeclined | LimitReached>();
  typeOf(settled.error.code).is<"CARD_DECLINED" | "LIMIT_REACHED">();
  if (settled.error.code === "CARD_DECLINED") {
    typeOf(settled.error).is<CardDeclined>();
    typeOf(settled.error.retryAfterDays).is<number>();
  } else {
    typeOf(settled.error).is<LimitReached>();
    typeOf(settled.error.limit).is<100n>();
  }
  // @ts-expect-error the task does not declare it
  void (settled.error.code === "CARD_STOLEN");
} else {
  typeOf(settled.error).is<TaskError>();
  typeOf(settled.state).is<"FAILURE" | "REVOKED" | "REJECTED" | "IGNORED">();
  typeOf(settled.error.code).is<string>();
  // @ts-expect-error a failure has no value
  void settled.value;
}

// Without declared errors a failure is a TaskError at once.
const plain = await (await tasks.add.delay(4, 4)).settled({ timeout: "5s" });
typeOf(plain).is<Settled<number>>();
if (plain.ok) typeOf(plain.value).is<number>();
else typeOf(plain.error).is<TaskError>();
// @ts-expect-error whether it has a value must be asked first
void plain.value;

/** Every state is one of these. */
export function describe(state: typeof settled.state): string {
  switch (state) {
    case "SUCCESS":
    case "FAILURE":
    case "REVOKED":
    case "REJECTED":
    case "IGNORED":
      return state;
    default:
      return state satisfies never;
  }
}
