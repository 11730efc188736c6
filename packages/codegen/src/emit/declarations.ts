import { DefinitionPool } from "../contract/definition-pool.js";
import type { Signature } from "../contract/rewrite.js";
import type { ObjectModel, TaskTypes } from "../contract/type-model.js";
import type { TaskModel } from "../model.js";
import { compareCodeUnits } from "../order.js";
import { mapEntry } from "./client.js";
import { definitionNames } from "./definition-names.js";
import { keyOf, namespaceOf, type Namespace } from "./namespace.js";
import { platformDeclarations } from "./platform-types.js";
import { block, docComment, propertyKey } from "./source.js";
import { listText, TypePrinter, type TypeStyle } from "./type-text.js";

/** The types of a client that come from nowhere but @taskgen/core. */
export interface Declarations {
  /** What they need of @taskgen/core, sorted. */
  readonly imports: readonly string[];
  /** Definitions by name, then `Tasks` and `TaskMap`; without a line feed at the end. */
  readonly text: string;
}

/**
 * Prints the types of tasks.
 * @param types by wire name, one entry for each task
 */
export function declareTasks(
  tasks: readonly TaskModel[],
  types: ReadonlyMap<string, TaskTypes>,
  style: TypeStyle = "plain",
): Declarations {
  const sorted = tasks.toSorted((a, b) => compareCodeUnits(a.name, b.name));
  const pool = new DefinitionPool();
  const signatures = sorted.map(({ name }) => [name, pool.adopt(typesOf(name, types))] as const);
  const names = definitionNames(Object.keys(pool.definitions));
  const printer = new TypePrinter(names, style);
  const stubs = new Map(signatures.map(([name, signature]) => [name, stubType(signature, printer)]));
  const definitions = Object.entries(pool.definitions).map(([name, type]) => printer.declare(name, type));
  const imports = new Set([...stubs.values()].map((stub) => stub.slice(0, stub.indexOf("<"))));
  const text = [
    ...platformDeclarations(printer.builtins),
    ...([...imports].some((name) => name.endsWith("StubWith")) ? [THROWS] : []),
    ...definitions,
    `/** Every task of this project, by folder. */\nexport type Tasks = ${folderType(namespaceOf(tasks), stubs)};`,
    `/** Every task by its name on the wire. */\nexport interface TaskMap ${block(sorted.map(mapEntry))}`,
  ];
  return { imports: [...imports].toSorted(compareCodeUnits), text: text.join("\n\n") };
}

function typesOf(name: string, types: ReadonlyMap<string, TaskTypes>): TaskTypes {
  const found = types.get(name);
  if (found === undefined) throw new Error(`the types of ${name} were not read`);
  return found;
}

function folderType(folder: Namespace, stubs: ReadonlyMap<string, string>): string {
  return block([
    ...folder.tasks.flatMap((task) => [
      ...(task.doc === undefined ? [] : [docComment(task.doc)]),
      `readonly ${propertyKey(keyOf(task))}: ${stubs.get(task.name)};`,
    ]),
    ...folder.folders.map(([name, inner]) => `readonly ${propertyKey(name)}: ${folderType(inner, stubs)};`),
  ]);
}

/** `Stub<[x: number], string>`, or a `StubWith` where the task declares errors; of streams `StreamStub<[x: number], Item, Result>`. */
function stubType({ args, item, result, errors }: Signature, printer: TypePrinter): string {
  const thrown = Object.entries(errors)
    .toSorted(([a], [b]) => compareCodeUnits(a, b))
    .map(([code, data]) => errorText(code, data, printer));
  const kind = item === undefined ? "" : "Stream";
  const parts = [printer.print(args), ...(item === undefined ? [] : [printer.print(item)]), printer.print(result)];
  if (thrown.length === 0) return listText(`${kind}Stub<`, parts, ">");
  return listText(`${kind}StubWith<`, [...parts, `Throws<${thrown.join(" | ")}>`], ">");
}

const THROWS = "type Throws<E extends Error> = { readonly throws: readonly (abstract new (...args: never[]) => E)[] };";

/** What `Error` itself says of an error, and its code, which is not data. */
const OWN_OF_ERRORS = new Set(["name", "message", "stack", "cause", "code"]);

function errorText(code: string, data: ObjectModel, printer: TypePrinter): string {
  const own = data.properties.filter(({ name }) => !OWN_OF_ERRORS.has(name));
  const properties = [{ name: "code", type: { kind: "literal", value: code } } as const, ...own];
  return `Error & ${printer.print({ ...data, properties })}`;
}
