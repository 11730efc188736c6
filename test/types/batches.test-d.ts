import { task, type Progress, type Stub, type StubOf, type StubWith } from "@taskgen/core";
import { progress } from "@taskgen/core";
import { CardDeclined } from "./fixtures/shop/src/billing/tasks/errors.js";
import { typeOf } from "./type-of.js";

// Called with one item, and comes to one result.
const embed = task.batch({ maxSize: 64, maxWait: "10ms", queue: "slow" }, (texts: readonly string[]) =>
  texts.map((text) => text.length),
);
typeOf<StubOf<typeof embed>>().is<Stub<[item: string], number>>();
typeOf(embed(["a", "b"])).is<number[]>();
declare const stub: StubOf<typeof embed>;
typeOf(stub.delay("a").get()).is<Promise<number>>();
typeOf(stub.delayMany([["a"], ["b"]]).get()).is<Promise<number[]>>();
// @ts-expect-error an item, not a list
void stub.delay(["a"]);

// Errors in the place of results are no results; data that looks like one is.
interface Note {
  readonly name: string;
  readonly message: string;
}
const parse = task.batch(async (texts: string[]): Promise<(Note | undefined | RangeError)[]> =>
  texts.map(() => undefined),
);
typeOf<StubOf<typeof parse>>().is<Stub<[item: string], Note | undefined>>();

// With a base, declared errors and progress.
const steps = progress<number>();
const base = task.with({ throws: [CardDeclined] });
const charge = base.batch({ maxSize: 2, progress: steps }, (cents: readonly bigint[]) => cents);
typeOf<StubOf<typeof charge>>().is<
  StubWith<
    [item: bigint],
    bigint,
    { readonly throws: readonly [typeof CardDeclined]; readonly progress: Progress<number> }
  >
>();

// @ts-expect-error a list of items
task.batch((text: string) => [text]);
// @ts-expect-error misspelt
task.batch({ maxsize: 2 }, (texts: string[]) => texts);
// @ts-expect-error a duration has a unit
task.batch({ maxWait: 50 }, (texts: string[]) => texts);
