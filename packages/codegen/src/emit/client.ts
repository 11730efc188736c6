import type { AppLocation } from "../config.js";
import { groupBy } from "../group-by.js";
import type { TaskModel } from "../model.js";
import { compareCodeUnits } from "../order.js";
import { importAliases, importPath } from "./imports.js";
import { KeptTexts } from "./kept-texts.js";
import { keyOptions } from "./key-options.js";
import { keyOf, namespaceOf, type Namespace } from "./namespace.js";
import { block, docComment, HEADER, indent, propertyKey } from "./source.js";

/** How generated files reach those of the project. */
export interface EmitOptions {
  /** The folder of the generated files. */
  readonly outDir: string;
  readonly app: AppLocation | undefined;
  /** The set-up modules of workers. @default none */
  readonly setup?: readonly string[];
  /** How imports that exist at run time end. */
  readonly extension: ".js" | ".ts" | "";
  /** What the code says of contracts, by wire name; absent for a project without one. */
  readonly contracts?: ReadonlyMap<string, EmittedContract>;
  /** Who checks arguments with `validators.ts`. @default neither */
  readonly validators?: { readonly client: boolean; readonly worker: boolean };
}

/** A contract as messages name it. */
export interface EmittedContract {
  /** The short hash of the types as they are now. */
  readonly hash: string;
  /** Short hashes of those they were, the latest first. */
  readonly accepts: readonly string[];
}

/** The text of `client.ts`: typed stubs of every task, and nothing of the tasks' code. */
export function emitClient(tasks: readonly TaskModel[], options: EmitOptions): string {
  const root = namespaceOf(tasks);
  const aliases = importAliases(tasks);
  return [
    HEADER,
    ...imports(aliases, options, [...new Set(tasks.map(stubsOf))].toSorted(compareCodeUnits)),
    "",
    "/** Every task of this project, by folder. */",
    `export type Tasks =${namespaceType(root, aliases)};`,
    "",
    "/** Every task by its name on the wire. */",
    `export interface TaskMap ${block(tasks.toSorted(byWireName).map(mapEntry))}`,
    "",
    "/** The tasks as calls of one app. */",
    `export function createTasks(${tasks.length === 0 ? "_app" : "app"}: AnyApp): Tasks {`,
    indent(`return ${namespaceValue(root, options)};`),
    "}",
    "",
    "/** The tasks of this project: `await tasks.….delay(…).get()`. */",
    `export const tasks: Tasks = createTasks(${options.app === undefined ? "defaultApp()" : "app"});`,
    "",
  ].join("\n");
}

function imports(aliases: ReadonlyMap<string, string>, options: EmitOptions, stubs: readonly string[]): string[] {
  const { outDir, app, extension } = options;
  const hasTasks = stubs.length > 0;
  const types = ["AnyApp", ...stubs];
  const core = app === undefined ? ["defaultApp", ...types.map((name) => `type ${name}`)] : types;
  return [
    `import ${app === undefined ? "" : "type "}{ ${core.join(", ")} } from "@taskgen/core";`,
    ...(hasTasks ? ['import { stub } from "@taskgen/core/client";'] : []),
    ...(app === undefined ? [] : [`import { ${appBinding(app)} } from "${importPath(outDir, app.file, extension)}";`]),
    ...(hasTasks && options.validators?.client === true
      ? [`import { validators } from "./validators${extension}";`]
      : []),
    ...[...aliases].map(([file, alias]) => `import type * as ${alias} from "${importPath(outDir, file, ".js")}";`),
  ];
}

export const appBinding = ({ exportName }: AppLocation): string =>
  exportName === "app" ? "app" : `${exportName} as app`;

const byWireName = (a: TaskModel, b: TaskModel): number => compareCodeUnits(a.name, b.name);

export const mapEntry = ({ name, path }: TaskModel): string =>
  `readonly ${propertyKey(name)}: Tasks${path.map((key) => `[${JSON.stringify(key)}]`).join("")};`;

/**
 * The type of a folder. Tasks come through `Stubs`, a mapped type over the module's own type, by which editors find their
 * definition. TypeScript 7 shows no documentation through a mapped type, so a member of type `unknown` adds it. Begins with its space or line feed.
 */
function namespaceType(folder: Namespace, aliases: ReadonlyMap<string, string>): string {
  const members = [
    ...folder.tasks.flatMap((task) => taskMember(task, aliases)),
    ...folder.folders.map(([name, inner]) => `readonly ${propertyKey(name)}:${namespaceType(inner, aliases)};`),
  ];
  const stubs = stubTypes(folder.tasks, aliases);
  const parts = members.length === 0 && stubs.length > 0 ? stubs : [...stubs, block(members)];
  return stubs.length < 2 ? ` ${parts.join(" & ")}` : indent(parts.map((part) => `\n& ${part}`).join(""));
}

/** The type that makes the stub of a task, one for each file and kind. */
const stubsOf = ({ streams }: TaskModel): string => (streams === true ? "StreamStubs" : "Stubs");

/** One `Stubs` for each file of a folder, and one for the streams in it. */
function stubTypes(tasks: readonly TaskModel[], aliases: ReadonlyMap<string, string>): string[] {
  const typeOf = (task: TaskModel): string => `${stubsOf(task)}<typeof ${aliases.get(task.file)}, `;
  return [...groupBy(tasks.filter(isCalledLikeExport), typeOf)].map(([type, group]) => {
    const names = group.map((task) => JSON.stringify(task.exportName));
    return `${type}${names.join(" | ")}>`;
  });
}

/** The documentation of a task, and its type where no `Stubs` of the folder has it under its name. */
function taskMember(task: TaskModel, aliases: ReadonlyMap<string, string>): string[] {
  const doc = task.doc === undefined ? [] : [docComment(task.doc)];
  const key = propertyKey(keyOf(task));
  if (isCalledLikeExport(task)) return doc.length === 0 ? [] : [...doc, `readonly ${key}: unknown;`];
  const name = JSON.stringify(task.exportName);
  return [...doc, `readonly ${key}: ${stubsOf(task)}<typeof ${aliases.get(task.file)}, ${name}>[${name}];`];
}

const isCalledLikeExport = (task: TaskModel): boolean => task.exportName === keyOf(task);

export function namespaceValue(folder: Namespace, options: EmitOptions): string {
  return block([
    ...folder.tasks.map((task) => keptStub(task, options)),
    ...folder.folders.map(([name, inner]) => `${propertyKey(name)}: ${namespaceValue(inner, options)},`),
  ]);
}

const stubs = new KeptTexts();

function keptStub(task: TaskModel, options: EmitOptions): string {
  const from = `${options.contracts?.get(task.name)?.hash} ${options.validators?.client}`;
  return stubs.of(task, from, () => stubText(task, options));
}

/** A task within the value of its folder. */
export const stubText = (task: TaskModel, options: EmitOptions): string =>
  `${propertyKey(keyOf(task))}: ${stubCall(task, options)},`;

/** What the stub knows of its task: literal options, the hash of its contract, its validator. */
function stubCall({ name, options, keyed, sensitive }: TaskModel, { contracts, validators }: EmitOptions): string {
  const hash = contracts?.get(name)?.hash;
  const hides = sensitive === true && validators?.client === true;
  const literals = Object.entries({
    ...options,
    ...keyOptions(keyed),
    ...(hash !== undefined && { hash }),
    ...(hides && { sensitive }),
  })
    .toSorted(([a], [b]) => compareCodeUnits(a, b))
    .map(([key, value]) => `${key}: ${literal(value)}`);
  const text = JSON.stringify(name);
  const given = validators?.client === true ? [`args: validators[${text}]`, ...literals] : literals;
  return `stub(app, ${text}${given.length === 0 ? "" : `, { ${given.join(", ")} }`})`;
}

const literal = (value: unknown): string =>
  typeof value === "object" && value !== null
    ? `{ ${Object.entries(value)
        .map(([key, part]) => `${key}: ${JSON.stringify(part)}`)
        .join(", ")} }`.replace("{  }", "{}")
    : JSON.stringify(value);
