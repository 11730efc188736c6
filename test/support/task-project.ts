import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate, loadConfig, type GenerateResult, type TaskgenConfig } from "@taskgen/codegen";
import { tempDir } from "./temp-dir.js";

const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

/** Texts by path. */
export type Files = Readonly<Record<string, string>>;

/** A project with tasks in a directory of its own, in which the packages under test are installed. */
export class TaskProject {
  readonly cwd: string;

  constructor(cwd: string) {
    this.cwd = cwd;
  }

  path(file: string): string {
    return join(this.cwd, file);
  }

  /** Writes files in the order in which they are given. */
  async write(files: Files): Promise<void> {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(this.path(file)), { recursive: true });
      await writeFile(this.path(file), text);
    }
  }

  async read(file: string): Promise<string> {
    return await readFile(this.path(file), "utf8");
  }

  /** Generates with the project's own configuration, or the given one. */
  async generate(config?: TaskgenConfig, check = false): Promise<GenerateResult> {
    const loaded = config ?? (await loadConfig(this.cwd)).config;
    return await generate({ cwd: this.cwd, config: loaded, check });
  }
}

/** A new project that is removed after the test; a copy of a directory, or of the given files. */
export async function taskProject(content: URL | Files): Promise<TaskProject> {
  const project = new TaskProject(await tempDir());
  if (content instanceof URL) await cp(content, project.cwd, { recursive: true });
  await project.write({
    "package.json": '{ "name": "project", "type": "module" }\n',
    ...(content instanceof URL ? {} : content),
  });
  await mkdir(project.path("node_modules"), { recursive: true });
  for (const scope of ["@taskgen", "@types"])
    await symlink(join(MODULES, scope), project.path(`node_modules/${scope}`));
  return project;
}
