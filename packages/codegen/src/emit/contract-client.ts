import type { TaskTypes } from "../contract/type-model.js";
import type { TaskModel } from "../model.js";
import { appBinding, namespaceValue, type EmitOptions } from "./client.js";
import { declareTasks } from "./declarations.js";
import { importPath } from "./imports.js";
import { namespaceOf } from "./namespace.js";
import { HEADER, indent } from "./source.js";

/**
 * The text of `client.ts` with self-contained types: it imports no task file, not even its types.
 * @param types by wire name, one entry for each task
 */
export function emitContractClient(
  tasks: readonly TaskModel[],
  types: ReadonlyMap<string, TaskTypes>,
  options: EmitOptions,
): string {
  const { imports, text } = declareTasks(tasks, types);
  return [
    HEADER,
    ...importLines(imports, options, tasks.length > 0),
    "",
    text,
    "",
    "/** The tasks as calls of one app. */",
    `export function createTasks(${tasks.length === 0 ? "_app" : "app"}: AnyApp): Tasks {`,
    indent(`return ${namespaceValue(namespaceOf(tasks), options)};`),
    "}",
    "",
    "/** The tasks of this project: `await tasks.….delay(…).get()`. */",
    `export const tasks: Tasks = createTasks(${options.app === undefined ? "defaultApp()" : "app"});`,
    "",
  ].join("\n");
}

function importLines(stubTypes: readonly string[], options: EmitOptions, hasTasks: boolean): string[] {
  const { app, outDir, extension, validators } = options;
  const types = ["AnyApp", ...stubTypes];
  const core = app === undefined ? ["defaultApp", ...types.map((name) => `type ${name}`)] : types;
  return [
    `import ${app === undefined ? "" : "type "}{ ${core.join(", ")} } from "@taskgen/core";`,
    ...(hasTasks ? ['import { stub } from "@taskgen/core/client";'] : []),
    ...(app === undefined ? [] : [`import { ${appBinding(app)} } from "${importPath(outDir, app.file, extension)}";`]),
    ...(hasTasks && validators?.client === true ? [`import { validators } from "./validators${extension}";`] : []),
  ];
}
