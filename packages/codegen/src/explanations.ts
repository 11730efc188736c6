import type { DiagnosticCode } from "./diagnostics.js";

/** The long form of a finding. */
export interface Explanation {
  /** What it is, in one line. */
  readonly title: string;
  /** Why it matters and how to mend it; paragraphs, with code indented by four spaces. */
  readonly text: string;
}

/** Every code that the generator reports, explained: what `taskgen explain` prints. */
export const EXPLANATIONS: Readonly<Record<DiagnosticCode, Explanation>> = {
  TG1001: {
    title: "the file does not parse",
    text: `The generator reads task files without running them. Where the text is not TypeScript, it cannot tell tasks from
anything else, so nothing is written. Mend what the message names; an editor shows the same error.`,
  },
  TG1003: {
    title: "two tasks have one name",
    text: `A task's name comes from the folders below rootDir and from its export; files are not part of it. Both places are
shown. Rename one of the exports, move a file to another folder, or give one of them a name on the wire:

    export const charge = task({ name: "invoices.charge" }, async (id: string) => { … });`,
  },
  TG1004: {
    title: "the function is overloaded",
    text: `TypeScript lets only the last overload of a function through to the client, so that callers would silently lose the
others. Give the task one signature, for example with a union parameter, or declare one task for each.`,
  },
  TG1005: {
    title: "the function is generic",
    text: `A call through a queue carries values, not type arguments: callers would see the constraint of each type parameter
instead of their own type. Write the concrete types, one task for each.`,
  },
  TG1006: {
    title: "the type of the result depends on itself",
    text: `The task calls another one (or itself) through the generated client and returns what that returns, while neither says
what it returns. The compiler then has to know the type in order to find it. Write the return type of one of them:

    export const fib = task(async (n: number): Promise<number> => { … await tasks.fib.delay(n - 1).get() … });`,
  },
  TG1007: {
    title: "a generator is not async",
    text: `A task that is an async generator streams what it yields: its callers read it while the task runs. A plain function*
would be a result that cannot travel. Write async function*, and await what there is to wait for:

    export const rows = task(async function* (query: string) { yield* await db.query(query); });`,
  },
  TG1010: {
    title: "an option that callers need is not a literal",
    text: `Callers need name, queue, priority, expires, ignoreResult, timeLimit and softTimeLimit without running the task's code.
The generator reads them from the source, so they must be written in place. Options for workers alone can be anything. As a warning: callers tell the errors of
throws apart by their code, which must be a literal in the class, and another one for each class.`,
  },
  TG1011: {
    title: "the name is reserved",
    text: `A member called then would make a promise of the client, which awaiting would never resolve; constructor, prototype and
__proto__ break objects; toJSON changes what is printed. Rename the export or the folder.`,
  },
  TG1012: {
    title: "something looks like a task but cannot be found",
    text: `A task is a constant that a *.task.ts file exports and whose value is a direct call of task(), or of a
task.with({ … }) that a relative import leads to. Anything else is left out of the client and of the registry.`,
  },
  TG1013: {
    title: "there are no tasks",
    text: `A file that is called *.task.ts declares none, or no file matches include. Export one:

    export const add = task((x: number, y: number) => x + y);`,
  },
  TG1014: {
    title: "a task is exported again",
    text: `A task belongs to the one file that declares it; that place decides its name. The re-export is ignored. Remove it, or
move it to a file that is not scanned for tasks.`,
  },
  TG1015: {
    title: "the key of an option names no argument",
    text: `The key of limit, dedupe, debounce or throttle begins with the name of a parameter of the task's function, or with its
index; properties may follow. A parameter that is taken apart has no name, and one that takes the rest of the arguments is a
list, so both are named by index:

    export const notify = task({ throttle: { key: "0.userId", every: "1m" } }, ({ userId }: Notice) => { … });

A task whose function is imported is known by the types alone: write the index there too.`,
  },
  TG2001: {
    title: "a function cannot travel",
    text: `Arguments and results are sent as data; a function has no data. Where it is a required part of a type, every call
would lose it. Send what the function needs to know instead, and choose the function in the task:

    // not: (order: Order, onDone: (r: Receipt) => void)
    export const charge = task((order: Order, notify: { url: string }) => { … });

Methods of classes count as well: see TG2005.`,
  },
  TG2002: {
    title: "a symbol cannot travel",
    text: `A symbol is unique to the process that made it; under a symbol as its key, a property is invisible to the codec. Use a
string or a literal union instead.`,
  },
  TG2003: {
    title: "a Promise cannot travel",
    text: `A Promise is a place in one process where a value will be. Await it before the call, and take the value as parameter.
A task's own result may be a Promise: callers get its value.`,
  },
  TG2004: {
    title: "a stream or an iterator cannot travel",
    text: `Streams, iterators and generators are consumed where they are. Send where the data is (a path, a URL, a key in a
store), an array, or bytes as Uint8Array within the limits of the codec. A task can itself be a stream: async function*.`,
  },
  TG2005: {
    title: "instances of this class would arrive as plain objects",
    text: `The other side does not know the class: methods, private members and getters are lost, and instanceof is false there.
Take an interface with the data instead and make the instance within the task. Where plain data is what you want, name the
class in taskgen.config.ts and it is described by its public data members:

    serialization: { registered: ["Money"] }`,
  },
  TG2006: {
    title: "the codec does not carry this class of the platform",
    text: `It carries Date, URL, URLSearchParams, Map, Set, Error, ArrayBuffer and the views on one, Buffer included. WeakMap,
Blob, File, RegExp, Request and the like would arrive empty or not at all. Send what they are made of.`,
  },
  TG2007: {
    title: "the type is not decided",
    text: `A type parameter, or a conditional or indexed type that depends on one, has no one shape to describe or to check.
Write the concrete type.`,
  },
  TG2008: {
    title: "nothing is known of the value",
    text: `any, unknown, object and {} admit values that do not survive the trip; neither the compiler nor a validator can tell.
The codec still refuses such a value at the call. Write the type, or decide how this is reported:

    serialization: { unknown: "off" }`,
  },
  TG2009: {
    title: "an optional function is dropped",
    text: `A value may have this property, and the other side will not. Leave it out of the type that travels, for example with
Omit<Options, "onProgress">, or decide how this is reported:

    serialization: { optionalFunction: "off" }`,
  },
  TG2011: {
    title: "the key of an option leads nowhere",
    text: `The key of limit, dedupe, debounce or throttle is a path into the arguments: a parameter, then properties. Each name
must be a property of the type before it, in every member of a union, and the last one must be a text, a number, a truth value, a
bigint or a Date (null and undefined are keys too). Where it leads to an object, name something within it:

    export const charge = task({ dedupe: { key: "order.id" } }, async (order: { id: string }) => { … });`,
  },
  TG2010: {
    title: "the schema of args does not fit the parameters",
    text: `What the schema lets through is given to the function, so its output must be assignable to the function's
parameters: change the schema or the parameters.`,
  },
  TG3001: {
    title: "the change breaks what is already deployed",
    text: `Messages of the old contract are still in a queue, or clients that know it still run, and this change is not
compatible with them. Make it compatible (a new parameter optional, an old one still accepted), deploy in two steps,
translate old arguments with versions: { "<hash>": (args) => … }, or accept it knowingly:

    npx taskgen accept --breaking "the queue was drained on Monday"`,
  },
  TG3002: {
    title: "the change may break what is already deployed",
    text: `It is compatible by type, and may still surprise: a parameter that nobody reads any more, another queue than
the one where old messages wait, another priority. Look at it; it does not fail the check.`,
  },
  TG3003: {
    title: "tasks.contract.json is not what the code says",
    text: `The file is the committed memory of what callers and workers agreed on. Run \`npx taskgen accept\` and commit it with
the change.`,
  },
  TG3004: {
    title: "tasks.contract.json cannot be read",
    text: `It is not JSON, has conflict markers of a merge, or was written by a newer version. After a merge, take either side
and run \`npx taskgen accept\`.`,
  },
  TG3005: {
    title: "the types that were printed are not those of the source",
    text: `\`taskgen contract build\` and client.mode "contract" print types that stand alone, then compile them together with
the sources: what callers may send must be what the task takes, and what it returns must be what they are told. The message
names the task, the part and the property that differs. No package is written. A plainer type (an interface instead of a type
that is computed) usually helps; please report it all the same, because the two should never differ.`,
  },
  TG4001: {
    title: "the configuration is not valid",
    text: `taskgen.config.ts names a setting that does not exist, or one with a value that it cannot have. The message says
which.`,
  },
  TG4002: {
    title: "a file that taskgen did not write is in the way",
    text: `Generated files replace only generated files. Move it, or set outDir to another folder.`,
  },
  TG4003: {
    title: "the files cannot be generated",
    text: `Something outside of the project's text is in the way: a file that cannot be read or written, a full disk. The
message says what.`,
  },
  TG4004: {
    title: "a generated file is not what the tasks say",
    text: `Somebody changed a task and did not generate, or changed a generated file. Run \`npx taskgen\`; where the files are
committed, commit them with the change.`,
  },
};
