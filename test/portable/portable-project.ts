import { resolveConfig } from "../../packages/codegen/dist/config.js";
import type { ContractFile } from "../../packages/codegen/dist/contract/contract-file.js";
import type { TaskTypes } from "../../packages/codegen/dist/contract/type-model.js";
import { writeOutput } from "../../packages/codegen/dist/outputs.js";
import { packageFiles } from "../../packages/codegen/dist/portable/files.js";
import { writePackage, type BuiltPackage } from "../../packages/codegen/dist/portable/write-package.js";
import type { TaskModel } from "@taskgen/codegen";
import { taskProject, type Files, type TaskProject } from "../support/task-project.js";
import { type Kind, taskFile } from "./kinds.js";

export const TSCONFIG = JSON.stringify({
  compilerOptions: { target: "es2023", lib: ["es2023"], module: "nodenext", types: ["node"], strict: true },
  include: ["src"],
});

/** A project and the types of its tasks, written by hand. */
export interface PortableProject {
  readonly project: TaskProject;
  readonly tasks: readonly TaskModel[];
  readonly types: ReadonlyMap<string, TaskTypes>;
  /** Writes the package into `dist/contract` as it is, and gives its folder. */
  readonly emit: () => string;
  /** Builds the package into `dist/contract`. */
  readonly build: (lock?: ContractFile) => Promise<BuiltPackage>;
}

/** A project of these files, whose tasks have these types by their wire names. */
export async function portableProject(
  files: Files,
  types: Readonly<Record<string, TaskTypes>>,
): Promise<PortableProject> {
  const project = await taskProject({ "tsconfig.json": TSCONFIG, ...files });
  const { tasks, diagnostics } = await project.generate({});
  if (diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  const byName = new Map(Object.entries(types));
  const source = { cwd: project.cwd, outDir: "dist/contract", tasks, types: byName, identity: {} };
  return {
    ...{ project, tasks, types: byName },
    emit: () => {
      for (const output of packageFiles({ ...source, lock: undefined })) writeOutput(project.cwd, output);
      return project.path(source.outDir);
    },
    build: (lock) => writePackage({ ...source, lock }, resolveConfig({})),
  };
}

/** A project with one task for each kind. */
export const kindsProject = (kinds: Readonly<Record<string, Kind>>): Promise<PortableProject> =>
  portableProject(
    { "src/tasks/kinds.task.ts": taskFile(kinds) },
    Object.fromEntries(Object.entries(kinds).map(([name, { types }]) => [name, types])),
  );
