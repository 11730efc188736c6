import {
  App,
  type AnyApp,
  type AsyncResult,
  type AsyncResultWith,
  createApp,
  defaultApp,
  type Settled,
  type TaskCall,
  type TaskCallWith,
  type Reports,
  type Streamed,
  type UnknownExtras,
} from "@taskgen/core";
import type { CardDeclined, LimitReached } from "./fixtures/shop/src/billing/tasks/errors.js";
import { createTasks, type TaskMap, type Tasks } from "./fixtures/shop/src/_generated/client.js";
import * as bound from "./fixtures/bound/src/_generated/client.js";
import { orders } from "./fixtures/bound/src/app.js";
import { typeOf } from "./type-of.js";

const app = createApp<TaskMap>({ broker: "memory:" });
typeOf(app).is<App<TaskMap>>();

// The keys are the names on the wire.
typeOf<TaskMap["billing.charge"]>().is<Tasks["billing"]["charge"]>();
typeOf<TaskMap["billing.refund-order"]>().is<Tasks["billing"]["refund"]>();
// @ts-expect-error the task has a name of its own
typeOf<TaskMap["billing.refund"]>();

// send is typed by the name.
typeOf(app.send("add", [4, 4])).is<TaskCall<number>>();
typeOf(await app.send("add", [4, 4])).is<AsyncResult<number>>();
typeOf(await app.send("add", [4, 4], { countdown: "5s" }).get()).is<number>();
typeOf(app.send("scale", [4])).is<TaskCall<number>>();
typeOf(app.send("sum", [1n, 2n, 3n])).is<TaskCall<bigint>>();
typeOf(app.send("ping", [])).is<TaskCall<void>>();
const charged = await (await app.send("billing.charge", ["a", 1])).settled();
typeOf(charged).is<Settled<{ order: string; paid: true }, CardDeclined | LimitReached>>();
// @ts-expect-error no such task
void app.send("subtract", [4, 4]);
// @ts-expect-error a name of the client, not of the wire
void app.send("charge", ["a", 1]);
// @ts-expect-error a text is no number
void app.send("add", ["4", 4]);
// @ts-expect-error one argument is missing
void app.send("add", [4]);
// @ts-expect-error one argument is too many
void app.send("add", [4, 4, 4]);
// @ts-expect-error arguments are a list
void app.send("add", 4, 4);
// @ts-expect-error misspelt
void app.send("add", [4, 4], { countDown: "5s" });
declare const anyName: string;
// @ts-expect-error some name, but which one?
void app.send(anyName, [4, 4]);

// An app without a map sends nothing by name but unchecked.
// @ts-expect-error no name is known
void createApp().send("add", [4, 4]);

// Where the task is unknown, so is its value, and any error may be one that it declares.
const unchecked = app.sendUnchecked("anything.at.all", [1, "b", {}], { queue: "a" });
typeOf(unchecked).is<TaskCallWith<unknown, UnknownExtras>>();
typeOf(await unchecked.get()).is<unknown>();
typeOf(app.result("some id")).is<AsyncResultWith<unknown, UnknownExtras> & Reports<unknown> & Streamed<unknown>>();
typeOf(app.result("some id").revoke()).is<Promise<void>>();
typeOf(app.revoke("some id")).is<Promise<void>>();
typeOf(app.revoke(["some id", "another"] as const, { children: true })).is<Promise<void>>();
// @ts-expect-error an id is a string
void app.revoke(5);
const end = await app.result("some id").settled();
typeOf(end).is<Settled<unknown, Error>>();
if (!end.ok && end.declared) typeOf(end.error).is<Error>();
// A function that takes any result takes those of known tasks too.
export const anyResult = async (): Promise<AsyncResultWith<unknown, UnknownExtras>[]> => [
  await app.send("add", [4, 4]),
  await app.send("billing.charge", ["a", 1]),
];
// @ts-expect-error arguments are a list
void app.sendUnchecked("add", 4);

// Any app can carry any client.
typeOf(createTasks(app)).is<Tasks>();
typeOf(createTasks(defaultApp())).is<Tasks>();
typeOf(createTasks(orders)).is<Tasks>();
const anyApp: AnyApp = new App({ broker: "memory:", prefix: "other" });
typeOf(createTasks(anyApp)).is<Tasks>();
// @ts-expect-error no app
createTasks({});

// A client that is bound to an app of its own, whose tasks send through that app.
typeOf(orders).is<App<bound.TaskMap>>();
typeOf(bound.tasks.place.delay("a")).is<TaskCall<number>>();
typeOf(bound.tasks.repeat.delay("a")).is<TaskCall<number>>();
typeOf(bound.tasks.poll.delay("a", 1)).is<TaskCall<void>>();

// Options of an app.
createApp({ broker: process.env["BROKER"], resultTtl: "1h", retry: false, limits: undefined });
// @ts-expect-error a duration has a unit
createApp({ resultTtl: 3600 });
// @ts-expect-error misspelt
createApp({ url: "memory:" });
