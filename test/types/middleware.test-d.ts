import { AsyncLocalStorage } from "node:async_hooks";
import {
  createApp,
  currentTask,
  type AppEvents,
  type ContextHeader,
  type Logger,
  type Middleware,
  type OutgoingCall,
  type PublishError,
} from "@taskgen/core";
import { createWorker } from "@taskgen/worker";
import { typeOf } from "./type-of.js";

// A middleware is a function around the run, or an object with a part for each end.
const around: Middleware = (next) => async (task, args) => {
  typeOf(args).is<readonly unknown[]>();
  task.log.info({ args: args.length }, "runs");
  return next(task, args);
};
const both: Middleware = {
  publish: (next) => async (call) => {
    typeOf(call).is<OutgoingCall>();
    await next({ ...call, options: { ...call.options, headers: { ...call.options.headers, tenant: "a" } } });
  },
  run: (next) => (task, args) => next(task, args),
};
const app = createApp({ middleware: [around] })
  .use(both)
  .use({});
// @ts-expect-error a part is a function
app.use({ run: "add" });
// @ts-expect-error a call has an id
app.use({ publish: (next) => (call) => next({ task: call.task, args: [], options: {} }) });

// Events are typed by their names.
const stop = app.on("published", (event) => typeOf(event).is<AppEvents["published"]>());
typeOf(stop).is<() => void>();
app.on("publish-failed", ({ error }) => typeOf(error).is<Error>());
app.on("state", ({ side, status }) => {
  typeOf(side).is<"broker" | "backend">();
  typeOf(status).is<"up" | "down" | "blocked">();
});
// @ts-expect-error no such event
app.on("publish", () => {});
// @ts-expect-error the event has no such part
app.on("published", ({ queue }) => queue);
export const code = (error: PublishError): "PUBLISH_REFUSED" | undefined =>
  error.code === "PUBLISH_REFUSED" ? error.code : undefined;

// What travels: texts as they are, anything else by two functions.
interface Tenant {
  readonly name: string;
}
const traceId = new AsyncLocalStorage<string>();
const tenant = {
  storage: new AsyncLocalStorage<Tenant>(),
  toHeader: (value) => value.name,
  fromHeader: (name) => ({ name }),
} satisfies ContextHeader<Tenant>;
createApp({ context: { traceId, tenant } });
createApp({
  context: {
    inPlace: {
      storage: new AsyncLocalStorage<Tenant>(),
      toHeader: ({ name }: Tenant) => name,
      fromHeader: (name): Tenant => ({ name }),
    },
  },
});
// @ts-expect-error of what is no text it must be known how it travels
createApp({ context: { count: new AsyncLocalStorage<number>() } });
// @ts-expect-error a header is a text
createApp({ context: { tenant: { ...tenant, toHeader: (value: Tenant) => value.name.length } } });
// @ts-expect-error what comes must be what the storage holds
({ ...tenant, fromHeader: (name) => name.length }) satisfies ContextHeader<Tenant>;

// A logger has pino's shape; `console` has it too.
interface PinoLogFn {
  // oxlint-disable typescript/no-unnecessary-type-parameters -- as pino declares it
  <T, TMsg extends string = string>(obj: T, msg?: T extends string ? never : TMsg, ...args: unknown[]): void;
  <_, TMsg extends string = string>(msg: TMsg, ...args: unknown[]): void;
  // oxlint-enable typescript/no-unnecessary-type-parameters
}
declare const pino: {
  readonly debug: PinoLogFn;
  readonly info: PinoLogFn;
  readonly warn: PinoLogFn;
  readonly error: PinoLogFn;
  child(bindings: Record<string, unknown>, options?: object): typeof pino;
  isLevelEnabled(level: string): boolean;
};
createWorker({ registry: "file:///registry.js", logger: pino });
createWorker({ registry: "file:///registry.js", logger: console });
// @ts-expect-error it writes errors too
createWorker({ registry: "file:///registry.js", logger: { debug() {}, info() {}, warn() {} } });
export const log = (): Logger => {
  currentTask().log.info("a message");
  currentTask().log.warn({ order: 1 }, "with fields");
  currentTask().log.error({ err: new Error("alone") });
  // @ts-expect-error fields are an object
  currentTask().log.info(1);
  return currentTask().log.child({ order: 1 });
};
