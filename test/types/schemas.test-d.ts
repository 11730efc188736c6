import {
  type ArgumentsSchema,
  type StandardSchemaV1,
  type Stub,
  type StubOf,
  type StubWith,
  task,
} from "@taskgen/core";
import { z } from "zod";
import { CardDeclined } from "./fixtures/shop/src/billing/tasks/errors.js";
import { typeOf } from "./type-of.js";

const day = z.iso.date().transform((text) => new Date(text));

// What the schemas give, the function takes; what they take, callers give. Labels are the parameters' own.
export const charge = task({ args: [z.string(), z.number()] }, (order: string, cents: number) => order + cents);
typeOf<StubOf<typeof charge>>().is<Stub<[order: string, cents: number], string>>();
typeOf<StubOf<typeof charge>["delay"]>().is<StubOf<ReturnType<typeof ofSameTypes>>["delay"]>();
const ofSameTypes = () => task((order: string, cents: number) => order + cents);
export const remind = task({ args: [day, z.string()] }, (at: Date, who: string) => at.getTime() + who.length);
typeOf<StubOf<typeof remind>>().is<Stub<[at: string, who: string], number>>();
typeOf(remind(new Date(0), "me")).is<number>();
// @ts-expect-error in place it takes what the function takes
remind("2031-05-06", "me");

// What a schema can do without, callers may leave out at the end.
export const greet = task(
  { args: [z.string(), z.string().default("hello")] },
  (name: string, word: string) => word + name,
);
declare const stubs: { readonly greet: StubOf<typeof greet>; readonly charge: StubOf<typeof charge> };
typeOf(stubs.greet.delay).is<Stub<[name: string, word?: string | undefined], string>["delay"]>();
void stubs.greet.delay("Ada");
void stubs.greet.delay("Ada", undefined);
// @ts-expect-error the first one has no default
void stubs.greet.delay();
export const first = task({ args: [z.string().default("a"), z.string()] }, (a: string, b: string) => a + b);
typeOf<StubOf<typeof first>>().is<Stub<[a: string | undefined, b: string], string>>();
export const coerced = task({ args: [z.coerce.date(), z.any()] }, (at: Date, more: string) => [at, more]);
// oxlint-disable-next-line typescript/no-explicit-any -- what the schema takes
typeOf<StubOf<typeof coerced>>().is<Stub<[at: unknown, more: any], (string | Date)[]>>();

// Parameters without annotations get their types from the schemas.
export const inferred = task({ queue: "a", args: [day, z.number()], throws: [CardDeclined] }, (at, cents) => {
  typeOf(at).is<Date>();
  typeOf(cents).is<number>();
  return cents;
});
typeOf<StubOf<typeof inferred>>().is<
  StubWith<[at: string, cents: number], number, { readonly throws: readonly [typeof CardDeclined] }>
>();

// One schema of the whole list.
const list = z.tuple([z.string().transform(Number)], z.number());
export const mean = task({ args: list }, (one, ...more) => {
  typeOf(one).is<number>();
  typeOf(more).is<number[]>();
  return one;
});
typeOf<StubOf<typeof mean>>().is<Stub<[string, ...number[]], number>>();
export const any = task({ args: z.array(z.string()) }, (...names: string[]) => names);
typeOf<StubOf<typeof any>>().is<Stub<string[], string[]>>();

// Any vendor's.
declare const byHand: StandardSchemaV1<"yes" | "no", boolean>;
export const decide = task({ args: [byHand] }, (yes: boolean) => yes);
typeOf<StubOf<typeof decide>>().is<Stub<[yes: "yes" | "no"], boolean>>();
declare const mute: { readonly "~standard": Omit<StandardSchemaV1["~standard"], "types"> };
export const silent = task({ args: [mute] }, (x: unknown) => x);
typeOf<StubOf<typeof silent>>().is<Stub<[x: unknown], unknown>>();

// A function may take less, or more than callers can give when it can do without.
export const less = task({ args: [z.string(), z.number()] }, (order: string) => order);
typeOf<StubOf<typeof less>>().is<Stub<[order: string, number], string>>();
export const more = task({ args: [z.string()] }, (order: string, by = "me") => order + by);
typeOf<StubOf<typeof more>>().is<Stub<[order: string], string>>();
export const wider = task({ args: [z.literal("a")] }, (order: string | number) => order);
typeOf<StubOf<typeof wider>>().is<Stub<[order: "a"], string | number>>();

// @ts-expect-error the schema gives a Date
task({ args: [day] }, (at: string) => at);
// @ts-expect-error the second one has no schema
task({ args: [z.string()] }, (order: string, cents: number) => order + cents);
// @ts-expect-error a schema of all arguments gives a list
task({ args: z.string() }, (order: string) => order);
// @ts-expect-error no schema
task({ args: ["string"] }, (order: string) => order);
// @ts-expect-error the list's second element is a number
task({ args: z.tuple([z.string(), z.number()]) }, (a: string, b: string) => a + b);

// A base task's schema holds for its tasks, unless they have their own.
const base = task.with({ queue: "a", args: [day] });
export const inherits = base((at) => at.getTime());
typeOf<StubOf<typeof inherits>>().is<Stub<[at: string], number>>();
export const adds = base({ priority: 1 }, (at) => at.getTime());
typeOf<StubOf<typeof adds>>().is<Stub<[at: string], number>>();
export const overrides = base({ args: [z.number()] }, (count: number) => count);
typeOf<StubOf<typeof overrides>>().is<Stub<[count: number], number>>();
// @ts-expect-error the base's schema gives a Date
base((at: number) => at);
// @ts-expect-error here too
base({ priority: 1 }, (at: number) => at);

// Of a schema that the compiler does not know nothing is asked.
declare const some: ArgumentsSchema;
export const unknowing = task({ args: some }, (...args: unknown[]) => args.length);
// oxlint-disable-next-line typescript/no-explicit-any -- as it comes from untyped code
declare const anything: any;
export const loose = task({ args: anything }, (order: string) => order);
typeOf<StubOf<typeof loose>>().is<Stub<[order: string], string>>();

// Upcasters.
export const migrated = task(
  {
    versions: {
      "7d40b2e1c3a59f68": (args) => {
        typeOf(args).is<readonly unknown[]>();
        return [String(args[0]), 1];
      },
      "0aa1b2c3d4e5f607": async (args) => [...args, 1],
    },
  },
  (order: string, cents: number) => order + cents,
);
typeOf<StubOf<typeof migrated>>().is<Stub<[order: string, cents: number], string>>();
// @ts-expect-error an upcaster gives a list
task({ versions: { "7d40b2e1c3a59f68": (args) => args.length } }, (order: string) => order);
// @ts-expect-error so does an asynchronous one
task({ versions: { "7d40b2e1c3a59f68": async () => "a" } }, (order: string) => order);
