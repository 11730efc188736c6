import type { AsyncResult, GetOptions, RevokeOptions, State, TaskCall, TaskCalls } from "@taskgen/core";
import { add } from "./fixtures/shop/src/tasks/math.task.js";
import { find, flush, type Mail, ping, type Receipt, send } from "./fixtures/shop/src/tasks/mail.task.js";
import { tasks } from "./fixtures/shop/src/_generated/client.js";
import { typeOf } from "./type-of.js";

// A call resolves to the result's handle, and its value is one step further.
const call = tasks.add.delay(4, 4);
typeOf(call.id).is<string>();
const result = await call;
typeOf(result).is<AsyncResult<number>>();
typeOf(await call.get()).is<number>();
typeOf(await result.get()).is<number>();
typeOf(call.then((one) => one.id)).is<Promise<string>>();

// The handle is no promise: awaiting it gives itself.
typeOf<Awaited<AsyncResult<number>>>().is<AsyncResult<number>>();
typeOf<Awaited<TaskCall<number>>>().is<AsyncResult<number>>();
typeOf<Awaited<TaskCalls<number>>>().is<readonly AsyncResult<number>[]>();
// @ts-expect-error so it has no then
void result.then;

// What an asynchronous function resolves to; nothing stays nothing.
typeOf(await tasks.send.delay({ to: "a", at: new Date(0) }).get()).is<Receipt>();
typeOf(await tasks.find.delay("a").get()).is<Mail | undefined>();
typeOf(tasks.ping.delay().get()).is<Promise<void>>();
typeOf(tasks.flush.delay().get()).is<Promise<void>>();

// The rest of the handle.
typeOf(result.status()).is<Promise<State>>();
typeOf(result.ready()).is<Promise<boolean>>();
typeOf(result.successful()).is<Promise<boolean>>();
typeOf(result.failed()).is<Promise<boolean>>();
typeOf(result.info()).is<Promise<unknown>>();
typeOf(result.traceback()).is<Promise<string | undefined>>();
typeOf(result.forget()).is<Promise<void>>();
typeOf(result.revoke()).is<Promise<void>>();
typeOf<keyof AsyncResult<number>>().is<
  "id" | "get" | "settled" | "status" | "ready" | "successful" | "failed" | "info" | "traceback" | "forget" | "revoke"
>();

// How to cancel.
typeOf<keyof RevokeOptions>().is<"terminate" | "children">();
typeOf(result.revoke({ terminate: true, children: true })).is<Promise<void>>();
// @ts-expect-error misspelt
void result.revoke({ kill: true });
// @ts-expect-error a call has no revoke before the broker has it
void call.revoke;

// How to wait.
typeOf<keyof GetOptions>().is<"timeout" | "signal" | "allowJoin">();
const patient: GetOptions = { timeout: "5s", signal: AbortSignal.timeout(1), allowJoin: true };
typeOf(call.get(patient)).is<Promise<number>>();
// @ts-expect-error a time-out has a unit
void call.get({ timeout: 5000 });
// @ts-expect-error a controller is no signal
void result.get({ signal: new AbortController() });
// @ts-expect-error misspelt
void result.settled({ timeOut: "5s" });

// A task is its function: called in place it runs here and now.
typeOf(add(4, 4)).is<number>();
typeOf(send({ to: "a", at: new Date(0) })).is<Promise<Receipt>>();
typeOf(find("a")).is<Mail | undefined>();
typeOf(ping()).is<void>();
typeOf(flush()).is<Promise<void>>();
typeOf<Parameters<typeof add>>().is<[x: number, y: number]>();
// @ts-expect-error a task is called like its function
add(4);
// @ts-expect-error only a stub has delay
void add.delay;

// Many calls at once.
const calls = tasks.add.delayMany([
  [1, 2],
  [3, 4],
]);
typeOf(calls).is<TaskCalls<number>>();
typeOf(calls.ids).is<readonly string[]>();
typeOf(await calls).is<readonly AsyncResult<number>[]>();
typeOf(await calls.get({ timeout: "1m" })).is<number[]>();
typeOf(tasks.scale.delayMany(new Set<[number, number?]>([[1], [2, 3]]))).is<TaskCalls<number>>();
// @ts-expect-error each element is one call's list of arguments
void tasks.add.delayMany([1, 2]);
// @ts-expect-error the second call lacks an argument
void tasks.add.delayMany([[1, 2], [3]]);
