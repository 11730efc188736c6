import type { TaskTypes } from "../contract/type-model.js";
import type { TaskModel } from "../model.js";
import { namespaceValue, type EmittedContract } from "./client.js";
import { declareTasks } from "./declarations.js";
import { namespaceOf } from "./namespace.js";
import { HEADER, indent } from "./source.js";

const PACKAGE_HEADER = HEADER.replace("`npx taskgen`", "`npx taskgen contract build`");

/** What a portable package says. */
export interface PackageContent {
  readonly tasks: readonly TaskModel[];
  /** By wire name, one entry for each task. */
  readonly types: ReadonlyMap<string, TaskTypes>;
  /** By wire name. */
  readonly contracts: ReadonlyMap<string, EmittedContract>;
}

/** The text of `index.d.ts`. */
export function emitPackageTypes({ tasks, types }: PackageContent): string {
  const { imports, text } = declareTasks(tasks, types);
  return [
    PACKAGE_HEADER,
    `import type { ${["AnyApp", ...imports].join(", ")} } from "@taskgen/core";`,
    "",
    text,
    "",
    "/** The tasks as calls of one app. */",
    "export declare function createTasks(app: AnyApp): Tasks;",
    "",
    "/** The tasks as calls of the default app: `await tasks.….delay(…).get()`. */",
    "export declare const tasks: Tasks;",
    "",
    // without it the helper types of a declaration file would be exported too
    "export {};",
    "",
  ].join("\n");
}

/** The text of `index.js`: stubs, and nothing of the tasks' code. */
export function emitPackageCode({ tasks, contracts }: PackageContent): string {
  const options = { outDir: ".", app: undefined, extension: ".js", contracts } as const;
  return [
    PACKAGE_HEADER,
    'import { defaultApp } from "@taskgen/core";',
    ...(tasks.length === 0 ? [] : ['import { stub } from "@taskgen/core/client";']),
    "",
    `export function createTasks(${tasks.length === 0 ? "_app" : "app"}) {`,
    indent(`return ${namespaceValue(namespaceOf(tasks), options)};`),
    "}",
    "",
    "export const tasks = /* @__PURE__ */ createTasks(/* @__PURE__ */ defaultApp());",
    "",
  ].join("\n");
}
