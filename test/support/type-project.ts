import { Generator, type GenerateResult, readTypes, type TaskgenConfig, type TypesRead } from "@taskgen/codegen";
import { type Files, type TaskProject, taskProject } from "./task-project.js";

type Serialization = NonNullable<TaskgenConfig["serialization"]>;

/** How the types of a project are read, as a configuration without settings has it. */
export const SERIALIZATION = {
  any: "warning",
  unknown: "warning",
  optionalFunction: "warning",
  registered: [],
} as const satisfies Required<Serialization>;

/** What Node projects have. */
export const TSCONFIG = {
  compilerOptions: {
    ...{ target: "es2023", lib: ["es2023"], module: "nodenext", types: ["node"], strict: true, noEmit: true },
    ...{ skipLibCheck: true, verbatimModuleSyntax: true },
  },
  include: ["src"],
};

/** A project with a `tsconfig.json`; a copy of a directory, or of the given files. */
export async function typedProject(content: URL | Files, tsconfig: object = TSCONFIG): Promise<TaskProject> {
  const project = await taskProject(content);
  await project.write({ "tsconfig.json": JSON.stringify(tsconfig) });
  return project;
}

/** The tasks of a project and the texts of its generated files, none of which is written. */
async function scan(project: TaskProject, config: TaskgenConfig): Promise<GenerateResult> {
  return await new Generator(project.cwd, config).run({ check: true });
}

/** What `readTypes` and `TypePhase.read` are given for a project. */
export async function typesInput(
  project: TaskProject,
  config: TaskgenConfig = {},
): Promise<{
  readonly tasks: GenerateResult["tasks"];
  readonly overlay: Readonly<Record<string, string>>;
}> {
  const { tasks, files } = await scan(project, config);
  return { tasks, overlay: Object.fromEntries(files.map(({ path, text }) => [path, text])) };
}

/** Reads the types of a project's tasks. */
export async function typesOf(
  project: TaskProject,
  serialization: Partial<Serialization> = {},
  config: TaskgenConfig = {},
): Promise<TypesRead> {
  return await readTypes({
    cwd: project.cwd,
    serialization: { ...SERIALIZATION, ...serialization },
    ...(await typesInput(project, config)),
  });
}
