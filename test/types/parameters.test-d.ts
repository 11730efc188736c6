import type { Stub, TaskCall } from "@taskgen/core";
import { tasks } from "./fixtures/shop/src/_generated/client.js";
import type { Mail, Receipt } from "./fixtures/shop/src/tasks/mail.task.js";
import { typeOf } from "./type-of.js";

// A stub takes what the function takes.
typeOf(tasks.add).is<Stub<[x: number, y: number], number>>();
typeOf(tasks.add.taskName).is<string>();
typeOf(tasks.add.delay).is<(x: number, y: number) => TaskCall<number>>();
typeOf(tasks.add.delay(4, 4)).is<TaskCall<number>>();
// @ts-expect-error one argument is missing
void tasks.add.delay(4);
// @ts-expect-error one argument is too many
void tasks.add.delay(4, 4, 4);
// @ts-expect-error a text is no number
void tasks.add.delay("4", 4);

// A parameter with a default is optional and has the default's type.
typeOf(tasks.scale.delay).is<(value: number, factor?: number) => TaskCall<number>>();
typeOf<Parameters<typeof tasks.scale.delay>[1]>().is<number | undefined>();
typeOf(tasks.scale.delay(1)).is<TaskCall<number>>();
typeOf(tasks.scale.delay(1, undefined)).is<TaskCall<number>>();
// @ts-expect-error the default is a number
void tasks.scale.delay(1, "2");

// Rest parameters, of an array and of a tuple.
typeOf(tasks.sum.delay).is<(start: bigint, ...more: bigint[]) => TaskCall<bigint>>();
typeOf(tasks.sum.delay(1n, 2n, 3n)).is<TaskCall<bigint>>();
// @ts-expect-error the rest are bigints too
void tasks.sum.delay(1n, 2n, 3);
typeOf(tasks.between.delay).is<(value: number, from: number, to?: number) => TaskCall<boolean>>();
// @ts-expect-error the tuple's first element is required
void tasks.between.delay(1);

// Objects and optional parameters.
typeOf(tasks.send.delay).is<(mail: Mail, copies?: ReadonlyMap<string, number>) => TaskCall<Receipt>>();
typeOf(tasks.send.delay({ to: "a", at: new Date(0) }, new Map([["b", 1]]))).is<TaskCall<Receipt>>();
// @ts-expect-error a mail has a date
void tasks.send.delay({ to: "a" });
// @ts-expect-error a mail has no body
void tasks.send.delay({ to: "a", at: new Date(0), body: "b" });
// @ts-expect-error an optional property is absent rather than undefined
void tasks.send.delay({ to: "a", at: new Date(0), subject: undefined });

// No parameters.
typeOf(tasks.ping.delay).is<() => TaskCall<void>>();
// @ts-expect-error it takes none
void tasks.ping.delay(1);

// A default export is called like its file.
typeOf(tasks.mail).is<Stub<[name: string], string>>();

// applyAsync takes the same arguments as an array, and the options of the call.
typeOf(tasks.add.applyAsync([4, 4])).is<TaskCall<number>>();
typeOf(tasks.scale.applyAsync([4], { countdown: "5s" })).is<TaskCall<number>>();
typeOf(tasks.sum.applyAsync([1n, 2n])).is<TaskCall<bigint>>();
// @ts-expect-error one argument is missing
void tasks.add.applyAsync([4]);
// @ts-expect-error a list of any length is not two numbers
void tasks.add.applyAsync([4, 4].slice());
// @ts-expect-error options are no argument of delay
void tasks.add.delay(4, 4, { countdown: "5s" });

// There is no such task.
// @ts-expect-error not declared anywhere
void tasks.subtract;
// @ts-expect-error not in this folder
void tasks.billing.add;
