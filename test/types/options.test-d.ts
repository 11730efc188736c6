import { type CallOptions, progress, type Stub, type StubOf, type Task, task, type TaskOptions } from "@taskgen/core";
import { z } from "zod";
import { CardDeclined, LimitReached } from "./fixtures/shop/src/billing/tasks/errors.js";
import { tasks } from "./fixtures/shop/src/_generated/client.js";
import { typeOf } from "./type-of.js";

// Every option of a task; one that is new must be added here.
typeOf<keyof TaskOptions>().is<
  | ("name" | "queue" | "priority" | "maxRetries" | "defaultRetryDelay" | "autoretryFor" | "dontAutoretryFor")
  | ("retryBackoff" | "retryBackoffMax" | "retryJitter" | "timeLimit" | "softTimeLimit" | "expires" | "ack")
  | ("rateLimit" | "limit" | "dedupe" | "debounce" | "throttle")
  | ("ignoreResult" | "trackStarted" | "throws" | "isolate" | "args" | "versions" | "sensitive" | "streamTimeout")
  | ("onSuccess" | "onFailure" | "onRetry" | "afterReturn")
  | ("progress" | "batch")
>();
const everything = {
  name: "billing.charge",
  queue: "billing",
  priority: 9,
  maxRetries: null,
  defaultRetryDelay: "3m",
  autoretryFor: [CardDeclined, (error) => error instanceof TypeError],
  dontAutoretryFor: [LimitReached],
  retryBackoff: "1s",
  retryBackoffMax: "10m",
  retryJitter: false,
  timeLimit: "1h",
  softTimeLimit: "1.5h",
  expires: "1d",
  ack: "early",
  ignoreResult: true,
  trackStarted: true,
  streamTimeout: "5m",
  throws: [CardDeclined, LimitReached],
  isolate: true,
  args: [z.string()],
  versions: { "7d40b2e1c3a59f68": (args) => args },
  sensitive: ["0.token", "result.iban"],
  rateLimit: "100/m",
  limit: { key: "order", concurrency: 1, rate: "5/10s" },
  dedupe: { key: "0.id", ttl: "1h", mode: "drop" },
  debounce: { key: "order", wait: "5s", maxWait: "1m" },
  throttle: { key: "order", every: "10s" },
  progress: progress<number>(),
  batch: { maxSize: 1, maxWait: "1s" },
  onSuccess: (value, { id }) => [value, id],
  onFailure: async (error, { log }) => log.error({ err: error }, "failed"),
  onRetry: (error) => void error,
  afterReturn: (end) => (end.state === "SUCCESS" ? end.value : end.error),
} satisfies Required<TaskOptions>;
export const all = task(everything, (order: string) => order);
export const retrying = task({ maxRetries: 5, retryBackoff: true, autoretryFor: [Error] }, (order: string) => order);

const run = (order: string): string => order;
// @ts-expect-error a misspelt part of an option
task({ dedupe: { key: "order", mod: "drop" } }, run);
// @ts-expect-error the same
task({ limit: { key: "order", concurency: 1 } }, run);
// @ts-expect-error the same
task.with({ throttle: { every: "1s", keys: "order" } });
// @ts-expect-error one of two modes
task({ dedupe: { mode: "ignore" } }, run);
// @ts-expect-error a duration has a unit
task({ dedupe: { ttl: 60 } }, run);
// @ts-expect-error what it waits for must be said
task({ debounce: { key: "order" } }, run);
// @ts-expect-error so must be how often
task({ throttle: {} }, run);
// @ts-expect-error a name is a text
task({ name: 1 }, run);
// @ts-expect-error so is a queue
task({ queue: ["a"] }, run);
// @ts-expect-error a priority is a number
task({ priority: "high" }, run);
// @ts-expect-error null, not false, is without limit
task({ maxRetries: false }, run);
// @ts-expect-error a duration has a unit
task({ defaultRetryDelay: 180 }, run);
// @ts-expect-error a class, not its name
task({ autoretryFor: ["CardDeclined"] }, run);
// @ts-expect-error a class, not its instance
task({ dontAutoretryFor: [new LimitReached()] }, run);
// @ts-expect-error true or a duration
task({ retryBackoff: 2 }, run);
// @ts-expect-error a duration has a unit
task({ retryBackoffMax: "600" }, run);
// @ts-expect-error true or false
task({ retryJitter: 0.5 }, run);
// @ts-expect-error seconds are s
task({ timeLimit: "5sec" }, run);
// @ts-expect-error a duration has a unit
task({ softTimeLimit: 5 }, run);
// @ts-expect-error only a call can say a date
task({ expires: new Date(0) }, run);
// @ts-expect-error early or late
task({ ack: "never" }, run);
// @ts-expect-error true or false
task({ ignoreResult: "yes" }, run);
// @ts-expect-error true or false
task({ trackStarted: 1 }, run);
// @ts-expect-error a list
task({ throws: CardDeclined }, run);
// @ts-expect-error of classes of errors
task({ throws: [Date] }, run);
// @ts-expect-error true or false
task({ isolate: "thread" }, run);
// @ts-expect-error a schema, or a list of schemas
task({ args: "string" }, run);
// @ts-expect-error upcasters by hashes
task({ versions: [(args: readonly unknown[]) => args] }, run);
// @ts-expect-error a list of paths
task({ sensitive: "0.token" }, run);
// @ts-expect-error a function
task({ onFailure: "notify" }, run);
// @ts-expect-error of a run that is retried there is no end
task({ afterReturn: (end) => end.state === "RETRY" }, run);
// A hook may say what it knows of the value.
task({ onSuccess: (value: string) => value.length }, run);
// @ts-expect-error an option is absent rather than undefined
task({ queue: undefined }, run);
// @ts-expect-error misspelt, beside one that is not
task({ queue: "a", maxRetires: 5 }, run);
// @ts-expect-error options come first
task(run, { queue: "a" });
// @ts-expect-error a task is made of a function
task({ queue: "a" });

// Options that are not written in place are checked too.
const shared = { queue: "a" };
export const sharing = task(shared, run);
const unknownOptions: TaskOptions = {};
typeOf<StubOf<ReturnType<typeof withUnknownOptions>>>().is<Stub<[order: string], string>>();
const withUnknownOptions = () => task(unknownOptions, run);
const misspelt = { queue: "a", prio: 3 };
// @ts-expect-error misspelt
task(misspelt, run);

// Base tasks: what is nearer wins.
const base = task.with({ queue: "a", maxRetries: 5, throws: [CardDeclined] });
export const inherits = base(run);
const derived = base.with({ queue: "b", priority: 1 });
export const overrides = derived({ maxRetries: 1 }, run);
typeOf<OptionsOf<typeof inherits>["queue"]>().is<"a">();
typeOf<OptionsOf<typeof overrides>["queue"]>().is<"b">();
typeOf<OptionsOf<typeof overrides>["maxRetries"]>().is<1>();
typeOf<OptionsOf<typeof overrides>["priority"]>().is<1>();
typeOf<OptionsOf<typeof overrides>["throws"]>().is<readonly [typeof CardDeclined]>();
typeOf(inherits("a")).is<string>();
// @ts-expect-error misspelt
task.with({ queue: "a", prio: 1 });
// @ts-expect-error a queue is a text
base.with({ queue: 1 });
// @ts-expect-error misspelt
derived({ maxRetires: 1, queue: "c" }, run);
type OptionsOf<T> = T extends Task<infer _, infer O> ? O : never;

// Every option of a call; one that is new must be added here.
typeOf<keyof CallOptions>().is<
  | ("taskId" | "queue" | "priority" | "countdown" | "eta" | "expires" | "ignoreResult" | "timeLimit")
  | ("softTimeLimit" | "headers" | "retry" | "retryPolicy" | "publishTimeout")
  | ("idempotencyKey" | "idempotencyTtl")
>();
const ofCall = {
  taskId: "a",
  idempotencyKey: "request 7",
  idempotencyTtl: "1d",
  queue: "b",
  priority: 0,
  countdown: "5s",
  eta: new Date(0),
  expires: "1d",
  ignoreResult: false,
  timeLimit: "1h",
  softTimeLimit: "30m",
  headers: { tenant: "c" },
  retry: false,
  retryPolicy: { maxRetries: null, intervalStart: "0ms", intervalStep: "1s", intervalMax: "2s" },
  publishTimeout: "5s",
} satisfies Required<CallOptions>;
typeOf(tasks.add.with(ofCall)).is<Stub<[x: number, y: number], number>>();
typeOf(tasks.add.with({ queue: "b" }).with({ expires: new Date(0) }).delay).is<typeof tasks.add.delay>();
// @ts-expect-error an id is a text
tasks.add.with({ taskId: 1 });
// @ts-expect-error a queue is a text
tasks.add.with({ queue: 1 });
// @ts-expect-error a priority is a number
tasks.add.with({ priority: "9" });
// @ts-expect-error a duration has a unit
tasks.add.with({ countdown: 5 });
// @ts-expect-error a date
tasks.add.with({ eta: "5s" });
// @ts-expect-error a date or a duration
tasks.add.with({ expires: 5 });
// @ts-expect-error true or false
tasks.add.with({ ignoreResult: "no" });
// @ts-expect-error a duration has a unit
tasks.add.with({ timeLimit: "5" });
// @ts-expect-error a duration, not a date
tasks.add.with({ softTimeLimit: new Date(0) });
// @ts-expect-error headers are texts
tasks.add.with({ headers: { tenant: 1 } });
// @ts-expect-error only the task can say it
tasks.add.with({ maxRetries: 1 });
// @ts-expect-error misspelt
void tasks.add.applyAsync([4, 4], { countDown: "5s" });
