import { cp } from "node:fs/promises";
import type * as ts from "typescript-5.9";
import { describe, expect, it, onTestFinished } from "vitest";
import { COMPILERS, compile } from "../support/compiler.js";
import { type Editor, languageServiceEditor } from "../support/editor.js";
import { languageServerEditor } from "../support/language-server.js";
import { type TaskProject, taskProject } from "../support/task-project.js";

const fixture = (name: string): URL => new URL(`./fixtures/${name}/project/`, import.meta.url);

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    ...{
      target: "es2023",
      lib: ["es2023"],
      module: "nodenext",
      types: ["node"],
      skipLibCheck: true,
      noEmit: true,
      declaration: true,
    },
    ...{
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noPropertyAccessFromIndexSignature: true,
    },
    ...{ noUnusedLocals: true, noUnusedParameters: true, verbatimModuleSyntax: true, isolatedModules: true },
    ...{ isolatedDeclarations: true, erasableSyntaxOnly: true },
  },
  include: ["src"],
});

const USE = `
import { tasks, type TaskMap } from "./_generated/client.js";
export async function use(): Promise<void> {
  const sum: number = await tasks.add.delay(1, 2).get();
  const day: string = await tasks.report.delay(new Date()).get();
  const sent: number = await tasks["user-mail"]["send-all"].delay(["a"]).get();
  const dry: boolean | undefined = (await tasks.billing.charge.delay("o", { dryRun: true }).get()).dryRun;
  const one: TaskMap["legacy.first-one"] = tasks.jobs.one;
  // @ts-expect-error the parameter is a number
  await tasks.add.delay("1", 2);
  // @ts-expect-error there is no such task
  await tasks.absent.delay();
  console.log(sum, day, sent, dry, one);
}
`;

/** Tasks of many shapes in one generated project, with a file that uses them. */
async function generatedProject(files: Readonly<Record<string, string>> = {}): Promise<TaskProject> {
  const project = await taskProject(fixture("basic"));
  for (const name of ["names", "shared"]) await cp(fixture(name), project.cwd, { recursive: true });
  await project.write({ "tsconfig.json": TSCONFIG, "src/use.ts": USE, ...files });
  const { files: generated } = await project.generate();
  expect(generated.map(({ status }) => status)).toEqual(["written", "written"]);
  return project;
}

const APP =
  'import { createApp, type App } from "@taskgen/core";\nexport const orders: App = createApp({ broker: "memory:" });\n';

const RESOLUTIONS = {
  nodenext: ["--module", "nodenext"],
  bundler: ["--module", "esnext", "--moduleResolution", "bundler"],
};

// A declared task has no written type; isolatedDeclarations is promised of generated files alone.
const isOfDeclaredTask = (error: string): boolean => /^src\/(?!_generated)[^:]*: error TS90\d\d:/.test(error);

describe.each(COMPILERS)("generated code with %s", { timeout: 120_000 }, (compiler) => {
  it.each(Object.entries(RESOLUTIONS))("compiles under %s, with and without an app", async (_, args) => {
    const project = await generatedProject({ "src/app.ts": APP });
    await project.generate({ app: "src/app.ts#orders", outDir: "src/_generated_for_app" });
    const errors = await compile(compiler, project.cwd, args);
    expect(errors.filter((error) => !isOfDeclaredTask(error))).toEqual([]);
  });

  it("leads an editor to the task and shows its documentation", async () => {
    const project = await generatedProject();
    const editor = await openEditor(compiler, project.cwd);
    const add = await editor.show("src/use.ts", "tasks.add");
    expect(add.definitions[0]).toBe("src/tasks/math.task.ts:4");
    expect(add.documentation.trim()).toBe("Adds two numbers.");
    const charge = await editor.show("src/use.ts", "tasks.billing.charge");
    expect(charge.definitions[0]).toBe("src/billing/tasks/invoice.task.ts:8");
    expect(charge.documentation.trim()).toBe("Charges an order.");
    const report = await editor.show("src/use.ts", "tasks.report");
    expect(report.definitions[0]).toMatch(/^src\/_generated\/client\.ts:/);
    expect(report.documentation.trim()).toBe("Writes the report of a day.");
    expect((await editor.show("src/use.ts", "tasks.add.delay")).type).toContain(
      "(x: number, y: number) => TaskCall<number>",
    );
  });
});

/** An editor on a compiler, closed after the test. */
async function openEditor(compiler: (typeof COMPILERS)[number], cwd: string): Promise<Editor> {
  const editor =
    compiler === "typescript"
      ? await languageServerEditor(cwd)
      : languageServiceEditor(((await import(compiler)) as { default: typeof ts }).default, cwd);
  onTestFinished(() => editor.close());
  return editor;
}
