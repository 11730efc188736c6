import { mkdir, rm } from "node:fs/promises";
import { Generator } from "@taskgen/codegen";
import { expect, it } from "vitest";
import { taskProject, type Files } from "../support/task-project.js";
import { typedProject } from "../support/type-project.js";

const file = (queue: string): string => `import { task } from "@taskgen/core";
export const shared = task.with({ queue: "${queue}" });
`;
const SHARED = "src/shared.ts";
const MAIL = "src/tasks/mail.task.ts";
const CHARGE = "src/tasks/charge.task.ts";
const own = (name: string): string =>
  `import { shared } from "../shared.js";\nexport const ${name} = shared((to: string) => to);\n`;

/** What a generator that lives on makes of changes that it is told of: the same as one that begins anew. */
it("reads again what has changed, and what depends on it", async () => {
  const project = await taskProject({ [SHARED]: file("slow"), [MAIL]: own("mail") });
  const generator = new Generator(project.cwd, {});
  await generator.run({ changed: [] });

  const after = async (files: Files, ...changed: string[]): Promise<Record<string, string | undefined>> => {
    await project.write(files);
    const { tasks } = await generator.run({ changed });
    const anew = await new Generator(project.cwd, {}).run();
    expect(anew.files.map(({ status }) => status)).toEqual(["unchanged", "unchanged"]);
    return Object.fromEntries(tasks.map(({ name, options }) => [name, options.queue]));
  };
  expect(await after({ [SHARED]: file("fast") }, SHARED)).toEqual({ mail: "fast" });
  expect(await after({ [CHARGE]: own("charge") }, CHARGE)).toEqual({ charge: "fast", mail: "fast" });
  expect(await after({ [MAIL]: own("letter") }, MAIL)).toEqual({ charge: "fast", letter: "fast" });
  await rm(project.path(CHARGE));
  expect(await after({}, CHARGE)).toEqual({ letter: "fast" });
  expect(await after({ [MAIL]: own("mail"), [SHARED]: file("slow") }, MAIL, SHARED)).toEqual({ mail: "slow" });
});

const result = (type: string): string =>
  `import { task } from "@taskgen/core";\nexport const mail = task((to: string): ${type} => null as never);\n`;

it("reads the types that changed while another file had an error", async () => {
  const project = await typedProject({ [MAIL]: result("1"), [SHARED]: file("slow"), [CHARGE]: own("charge") });
  const generator = new Generator(project.cwd, {});
  await generator.run({ types: true });
  await project.write({ [MAIL]: result("2"), [CHARGE]: "export const = 1;\n" });
  expect((await generator.run({ types: true, changed: [MAIL, CHARGE] })).types).toBe(undefined);
  await project.write({ [CHARGE]: own("charge") });
  const { types } = await generator.run({ types: true, changed: [CHARGE] });
  expect(types?.get("mail")?.result).toEqual({ kind: "literal", value: 2 });
});

it("reads the types that changed when a run came to nothing", async () => {
  const project = await typedProject({ [MAIL]: result("1"), [SHARED]: file("slow"), [CHARGE]: own("charge") });
  const generator = new Generator(project.cwd, {});
  await generator.run({ types: true });
  await project.write({ [MAIL]: result("2") });
  await rm(project.path(CHARGE));
  await mkdir(project.path(CHARGE));
  await expect(generator.run({ types: true, changed: [MAIL, CHARGE] })).rejects.toThrow("EISDIR");
  await rm(project.path(CHARGE), { recursive: true });
  const { types } = await generator.run({ types: true, changed: [CHARGE] });
  expect(types?.get("mail")?.result).toEqual({ kind: "literal", value: 2 });
});
