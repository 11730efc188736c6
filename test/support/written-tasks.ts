import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { TaskTypes } from "@taskgen/codegen";
import { WrittenProject } from "../../packages/codegen/dist/extract/written/project.js";
import { TypesCache } from "../../packages/codegen/dist/type-phase/cache.js";
import type { TaskProject } from "./task-project.js";
import { typesInput } from "./type-project.js";

/** The types of a task as a checker has read them, and as they are read from what is written; `undefined` where that is not enough. */
export interface TwiceRead {
  readonly name: string;
  readonly checked: TaskTypes | undefined;
  readonly written: TaskTypes | undefined;
}

/** Reads the tasks of a project, whose types a checker has read just now, from what is written. */
export async function readTwice(project: TaskProject): Promise<TwiceRead[]> {
  const known = new TypesCache(project.cwd).read();
  const reader = new WrittenProject({
    textOf: (path) => readFileSync(resolve(project.cwd, path), "utf8"),
    importsOf: (path) => known?.files.get(path)?.imports,
  });
  return (await typesInput(project)).tasks.map(({ file, name, exportName }) => {
    const entry = known?.entries.get(file);
    const written = entry?.basis && reader.read(file, exportName, entry.basis.platform);
    return { name, written, checked: entry?.types.tasks[exportName] };
  });
}
