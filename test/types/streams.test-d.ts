import type {
  AsyncResult,
  NotSerializable,
  StreamCall,
  StreamCallWith,
  StreamOptions,
  StreamResult,
  StreamStub,
  StreamStubOf,
  TaskCall,
} from "@taskgen/core";
import { createApp, task } from "@taskgen/core";
import type { CardDeclined } from "./fixtures/shop/src/billing/tasks/errors.js";
import { rows } from "./fixtures/shop/src/tasks/rows.task.js";
import { tasks, type TaskMap } from "./fixtures/shop/src/_generated/client.js";
import { typeOf } from "./type-of.js";

// A task that is an async generator is called like any other; its items are read from the call, or from its result.
interface Row {
  id: string;
  at: Date;
}
typeOf(tasks.rows).is<StreamStub<[query: string, limit?: number | undefined], Row, void>>();
const call = tasks.rows.delay("a");
typeOf(call).is<StreamCall<Row, void>>();
typeOf(call.stream()).is<AsyncIterable<Row>>();
typeOf(call.get({ timeout: "1s" })).is<Promise<void>>();
const result = await call;
typeOf(result).is<StreamResult<Row, void>>();
for await (const row of result.stream({ timeout: "5s", after: 3, revokeOnReturn: true })) typeOf(row.at).is<Date>();
typeOf(tasks.rows.applyAsync(["a", 3], { queue: "q" })).is<StreamCall<Row, void>>();
typeOf(tasks.rows.with({ priority: 9 }).delay("a")).is<StreamCall<Row, void>>();
const [first] = await tasks.rows.delayMany([["a"], ["b", 1]]);
typeOf(first).is<StreamResult<Row, void> | undefined>();

// It is a call and a result like others.
const asCall: TaskCall<void> = call;
const asResult: AsyncResult<void> = result;
void [asCall, asResult];
// @ts-expect-error a task that returns its value yields nothing
void tasks.add.delay(1, 2).stream();
// @ts-expect-error misspelt
void call.stream({ timeOut: "1s" });
typeOf<StreamOptions["after"]>().is<number | undefined>();

// Declared errors go with it.
const summed = tasks.summed.delay(1);
typeOf(await summed.get()).is<number>();
typeOf(summed.stream()).is<AsyncIterable<{ readonly id: string; readonly at: Date }>>();
const settled = await (await summed).settled();
if (!settled.ok && settled.declared) typeOf(settled.error).is<CardDeclined>();
typeOf<typeof summed extends StreamCallWith<infer _Y, infer R, infer _X> ? R : never>().is<number>();

// One that streams others and itself keeps its types.
typeOf(tasks.down).is<StreamStub<[left: number], number, string>>();

// What cannot travel is refused where it is read.
typeOf(tasks.unfit.delay().stream()).is<AsyncIterable<NotSerializable<"an item is a function">>>();

// Called in place it is the function that it is made of.
typeOf(rows("a", 1)).is<AsyncGenerator<{ id: string; at: Date }, void, unknown>>();

// By name, and by id.
const app = createApp<TaskMap>({ broker: "memory:" });
typeOf(app.send("rows", ["a"])).is<StreamCall<Row, void>>();
typeOf(app.result("id").stream({ after: 5 })).is<AsyncIterable<unknown>>();

// Other ways to say what a generator gives.
export const iterable = task(async function* (): AsyncIterable<string> {
  yield "a";
});
typeOf<StreamStubOf<typeof iterable>>().is<StreamStub<[], string, void>>();
export const brief = task(async function* (): AsyncGenerator<string> {
  yield "a";
});
typeOf<StreamStubOf<typeof brief>>().is<StreamStub<[], string, void>>();
