import {
  progress,
  task,
  type AsyncResult,
  type Progress,
  type ReportingCall,
  type ReportingCalls,
  type ReportingResult,
  type Stub,
  type StubOf,
  type StubWith,
} from "@taskgen/core";
import { CardDeclined } from "./fixtures/shop/src/billing/tasks/errors.js";
import { typeOf } from "./type-of.js";

interface Steps {
  readonly done: number;
  readonly total: number;
}

const steps = progress<Steps>();
typeOf(steps).is<Progress<Steps>>();
steps.report({ done: 1, total: 2 });
steps.report({ done: 1, total: 2 }, { state: "UPLOADING" });
// @ts-expect-error the total is missing
steps.report({ done: 1 });

const convert = task({ progress: steps, queue: "slow" }, (files: string[]) => files.length);
type Reported = { readonly progress: Progress<Steps> };
typeOf<StubOf<typeof convert>>().is<StubWith<[files: string[]], number, Reported>>();

declare const stub: StubOf<typeof convert>;
const call = stub.delay(["a"]);
typeOf(call).is<ReportingCall<number, Reported, Steps>>();
typeOf(call.progress()).is<AsyncIterable<Steps>>();
typeOf(call.progress({ signal: AbortSignal.timeout(1), allowJoin: true })).is<AsyncIterable<Steps>>();
const result = await call;
typeOf(result).is<ReportingResult<number, Reported, Steps>>();
typeOf(result.progress()).is<AsyncIterable<Steps>>();
typeOf(result.info()).is<Promise<Steps | undefined>>();
typeOf(result.get()).is<Promise<number>>();
typeOf(stub.delayMany([[["a"]]])).is<ReportingCalls<number, Reported, Steps>>();
typeOf(stub.with({ queue: "b" }).delay(["a"])).is<ReportingCall<number, Reported, Steps>>();
typeOf<keyof typeof result>().is<keyof AsyncResult<number> | "progress">();

// A base's channel, beside declared errors.
const paying = task.with({ progress: steps });
const charge = paying({ throws: [CardDeclined] }, (cents: number) => cents);
type Both = { readonly throws: readonly [typeof CardDeclined]; readonly progress: Progress<Steps> };
typeOf<StubOf<typeof charge>>().is<StubWith<[cents: number], number, Both>>();
declare const charging: StubOf<typeof charge>;
for await (const { done, total } of charging.delay(1).progress()) typeOf(done / total).is<number>();
const settled = await (await charging.delay(1)).settled();
if (!settled.ok && settled.declared) typeOf(settled.error).is<CardDeclined>();

// Who declares none has none.
const plain = task((x: number) => x);
typeOf<StubOf<typeof plain>>().is<Stub<[x: number], number>>();
declare const other: StubOf<typeof plain>;
// @ts-expect-error the task reports nothing
void other.delay(1).progress();
