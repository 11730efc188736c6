import { groupBy } from "../../group-by.js";
import { importAliases, importPath } from "../../emit/imports.js";
import type { TaskModel } from "../../model.js";
import { ERASE } from "./erase.js";

/** What of a task is compared. */
export const PARTS = ["arguments", "result", "errors"] as const;

export type Part = (typeof PARTS)[number];

/** A comparison of the printed types of a task with those of its source. */
export interface Check {
  readonly task: TaskModel;
  readonly part: Part;
}

/**
 * How types are compared: as they are, or as the model has them: of arguments, a source type that asks for less; of what
 * comes back, printed types that promise less.
 */
export type Measure = "exact" | "erased";

/** A module of types in which a comparison that does not hold is an error on its own line. */
export interface CheckingFile {
  readonly text: string;
  /** By line, from 0. */
  readonly checks: ReadonlyMap<number, Check>;
}

/** Modules that the checking file imports. */
export interface CheckedModules {
  /** The folder of the checking file, relative to the project. */
  readonly folder: string;
  /** The printed types. */
  readonly printed: string;
  /** The same as they are read by whoever changes nothing. */
  readonly received: string;
}

const HELPERS = `
type PartsOf<S> = S extends StreamStub<infer A, infer Y, infer R> ? [arguments: A, result: { yields: Y; returns: R }, errors: never]
  : S extends StreamStubWith<infer A, infer Y, infer R, infer X>
    ? [arguments: A, result: { yields: Y; returns: R }, errors: DeclaredErrors<X>]
  : S extends Stub<infer A, infer R> ? [arguments: A, result: R, errors: never]
  : S extends StubWith<infer A, infer R, infer X> ? [arguments: A, result: R, errors: DeclaredErrors<X>]
  : ["no stub", "no stub", "no stub"];

type OptionsOf<T> = T extends { readonly [taskDefinition]: { readonly options: infer O } } ? O : "no task";
type TakenBy<T, A> = OptionsOf<T> extends { readonly args: object } ? Partial<A> : A;
type WithCode<E> = E extends { readonly code: infer C } ? CodedAs<E, C> : never;
type CodedAs<E, C> = C extends string | number ? (\`\${C}\` extends infer L extends string ? Literal<E, L> : never) : never;
type Literal<E, L extends string> = {} extends Record<L, 1> ? never : Omit<E, "code"> & { code: L };

type Fits<To, From extends To> = From;
${ERASE}`;

/**
 * Compares the stub that callers of the printed types see with the stub that callers in the project see. Arguments go from
 * the printed types to the source, results and errors the other way.
 */
export function checkingFile(wanted: readonly Check[], measure: Measure, modules: CheckedModules): CheckingFile {
  const byTask = groupBy(wanted, ({ task }) => task.name);
  const tasks = [...byTask.values()].map(([first]) => (first as Check).task);
  const aliases = importAliases(tasks);
  const lines = [...importLines(aliases, modules), ...HELPERS.split("\n")];
  const checks = new Map<number, Check>();
  [...byTask.values()].forEach((own, i) => {
    const { task } = own[0] as Check;
    lines.push(...typesOf(task, i, aliases.get(task.file) as string));
    for (const check of own) {
      checks.set(lines.length, check);
      lines.push(`type _${check.part}${i} = Fits<${COMPARISONS[measure][check.part](i)}>;`);
    }
  });
  return { text: lines.join("\n"), checks };
}

const importLines = (aliases: ReadonlyMap<string, string>, { folder, printed, received }: CheckedModules): string[] => [
  'import type { DeclaredErrors, StreamStub, StreamStubs, StreamStubWith, Stub, Stubs, StubWith } from "@taskgen/core";',
  'import type { taskDefinition } from "@taskgen/core/internal";',
  `import type { Tasks as Printed } from ${JSON.stringify(printed)};`,
  `import type { Tasks as Received } from ${JSON.stringify(received)};`,
  ...[...aliases].map(([file, alias]) => `import type * as m_${alias} from "${importPath(folder, file, ".js")}";`),
];

/** The parts of a task as its source and as the printed types say them. */
function typesOf({ path, exportName, streams }: TaskModel, i: number, alias: string): string[] {
  const name = JSON.stringify(exportName);
  const keys = path.map((key) => `[${JSON.stringify(key)}]`).join("");
  return [
    `type Task${i} = (typeof m_${alias})[${name}];`,
    `type Source${i} = PartsOf<${streams === true ? "StreamStubs" : "Stubs"}<typeof m_${alias}, ${name}>[${name}]>;`,
    `type Printed${i} = PartsOf<Printed${keys}>;`,
    `type Received${i} = PartsOf<Received${keys}>;`,
  ];
}

/**
 * The type that is assigned to, and the type that is assigned. Of arguments with schemas those may be left out that may be
 * `undefined`.
 */
const COMPARISONS: Readonly<Record<Measure, Readonly<Record<Part, (i: number) => string>>>> = {
  exact: {
    arguments: (i) => `Source${i}[0], Printed${i}[0]`,
    result: (i) => `Printed${i}[1], Source${i}[1]`,
    errors: (i) => `Printed${i}[2], Source${i}[2]`,
  },
  erased: {
    arguments: (i) => `Erase<TakenBy<Task${i}, Source${i}[0]>>, Printed${i}[0]`,
    result: (i) => `Received${i}[1], Source${i}[1]`,
    errors: (i) => `Received${i}[2], WithCode<Source${i}[2]>`,
  },
};
