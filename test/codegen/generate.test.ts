import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { generate, writeContract } from "@taskgen/codegen";
import { describe, expect, it } from "vitest";
import { runScript } from "../support/run-script.js";
import { type Files, type TaskProject, taskProject } from "../support/task-project.js";

const MATH = "src/tasks/math.task.ts";
const CLIENT = "src/_generated/client.ts";
const LOCK = "tasks.contract.json";
const REGISTRY = "src/_generated/registry.ts";
const FILES: Files = {
  [MATH]: 'import { task } from "@taskgen/core";\nexport const add = task((x: number, y: number) => x + y);\n',
  "src/billing/tasks/invoice.task.ts": 'import { task } from "@taskgen/core";\nexport const charge = task(() => 1);\n',
};

const statuses = async (project: TaskProject, check = false): Promise<string[]> =>
  (await project.generate(undefined, check)).files.map(({ status }) => status);

const texts = async (project: TaskProject): Promise<string[]> =>
  (await project.generate()).files.map(({ text }) => text);

/** What identifies one writing of a file: a rename makes a new inode. */
const writingOf = async (project: TaskProject, file: string): Promise<string> => {
  const { ino, mtimeNs } = await stat(project.path(file), { bigint: true });
  return `${ino} ${mtimeNs}`;
};

describe("writing", () => {
  it("writes each file once and then leaves it alone", async () => {
    const project = await taskProject(FILES);
    expect(await statuses(project)).toEqual(["written", "written"]);
    const before = await writingOf(project, CLIENT);
    expect(await statuses(project)).toEqual(["unchanged", "unchanged"]);
    expect(await writingOf(project, CLIENT)).toBe(before);
  });

  it("writes only the file whose text changes", async () => {
    const project = await taskProject(FILES);
    await project.generate();
    await project.write({ [MATH]: (await project.read(MATH)).replace("export", "/** Adds. */\nexport") });
    const { files } = await project.generate();
    expect(files.map(({ path, status }) => [path, status])).toEqual([
      [CLIENT, "written"],
      [REGISTRY, "unchanged"],
    ]);
  });

  it("writes the same whatever the order in which files were made", async () => {
    const forwards = await taskProject(FILES);
    const backwards = await taskProject(Object.fromEntries(Object.entries(FILES).toReversed()));
    expect(await texts(backwards)).toEqual(await texts(forwards));
  });

  it("tells what is wrong with a type also where the client's own types are made of it", async () => {
    const project = await taskProject({
      [MATH]: 'import { task } from "@taskgen/core";\nexport const add = task((done: () => void) => 1);\n',
    });
    const { files, diagnostics } = await project.generate({ client: { mode: "contract" } });
    expect(files).toEqual([]);
    expect(diagnostics.map(({ code }) => code)).toEqual(["TG2001"]);
  });

  it("writes nothing while there is an error, and keeps what is there", async () => {
    const project = await taskProject(FILES);
    await project.generate();
    const before = await project.read(CLIENT);
    await project.write({ [MATH]: "export const add = task((x: number =>;\n" });
    const { files, diagnostics } = await project.generate();
    expect(files).toEqual([]);
    expect(diagnostics[0]).toMatchObject({ code: "TG1001", severity: "error", at: { file: MATH, line: 1 } });
    expect(await project.read(CLIENT)).toBe(before);
  });

  it("does not read its own output", async () => {
    const project = await taskProject(FILES);
    const config = { include: ["src/**/*.ts"] };
    const first = await project.generate(config);
    const second = await project.generate(config);
    expect(second.files.map(({ text }) => text)).toEqual(first.files.map(({ text }) => text));
    expect(second.diagnostics).toEqual([]);
  });

  it("writes neither absolute paths nor carriage returns", async () => {
    const project = await taskProject({
      [MATH]:
        '/** A\r\n * B */\r\nimport { task } from "@taskgen/core";\r\n/** A\r\n * B */\r\nexport const add = task(() => 1);\r\n',
    });
    const { files } = await project.generate();
    for (const { text } of files) {
      expect(text).not.toContain(project.cwd);
      expect(text).not.toContain("\r");
    }
  });

  it("says which patterns match no file", async () => {
    const project = await taskProject({});
    const { diagnostics } = await project.generate({ include: ["tasks/*.ts"] });
    expect(diagnostics).toMatchObject([{ code: "TG1013", message: 'no file matches "tasks/*.ts"' }]);
  });
});

describe("check", () => {
  it("shows what is stale as a unified diff and writes nothing", async () => {
    const project = await taskProject(FILES);
    await project.generate();
    await project.write({ [MATH]: (await project.read(MATH)).replace("add", "plus") });
    const before = await writingOf(project, CLIENT);
    const { files } = await project.generate(undefined, true);
    expect(files.map(({ status }) => status)).toEqual(["stale", "stale"]);
    expect(files[0]?.diff).toContain(`--- a/${CLIENT}\n+++ b/${CLIENT}\n@@ `);
    expect(files[0]?.diff).toContain('\n-    add: stub(app, "add"),\n+    plus: stub(app, "plus"),\n');
    expect(await writingOf(project, CLIENT)).toBe(before);
  });

  it("shows a missing file as new, and has nothing to say of a current one", async () => {
    const project = await taskProject(FILES);
    const { files } = await project.generate(undefined, true);
    expect(files[0]?.diff).toContain(`--- /dev/null\n+++ b/${CLIENT}\n@@ -0,0 +1,`);
    await project.generate();
    expect(await statuses(project, true)).toEqual(["unchanged", "unchanged"]);
  });
});

describe("the cache", () => {
  it("spares a run without changes the parser", async () => {
    const project = await taskProject(FILES);
    const script = fileURLToPath(new URL("../support/generate-and-list-parser.mjs", import.meta.url));
    expect(await runScript(script, [project.cwd])).toEqual(["typescript.js"]);
    expect(await runScript(script, [project.cwd])).toEqual([]);
    await project.write({ [MATH]: (await project.read(MATH)).replace("add", "plus") });
    expect(await runScript(script, [project.cwd])).toEqual(["typescript.js"]);
    expect(await project.read(CLIENT)).toContain("plus: stub");
  });

  it("does not hide what became of generated files and of the contract meanwhile", async () => {
    const project = await taskProject(FILES);
    const { contract } = await generate({ cwd: project.cwd, config: {}, types: true });
    writeContract(project.cwd, LOCK, contract!);
    for (const status of ["written", "unchanged"]) expect(await statuses(project)).toEqual([status, status, status]);
    const [client, lock] = [await project.read(CLIENT), await project.read(LOCK)];
    await project.write({ [CLIENT]: `${client}// more\n` });
    expect(await statuses(project, true)).toEqual(["stale", "unchanged", "unchanged"]);
    expect(await statuses(project)).toEqual(["written", "unchanged", "unchanged"]);
    expect(await project.read(CLIENT)).toBe(client);
    await project.write({ [LOCK]: lock.replace('"kind": "number"', '"kind": "string"') });
    expect((await project.generate()).diagnostics.map(({ code }) => code)).toEqual(["TG3004"]);
    await project.write({ [LOCK]: lock });
    const again = await project.generate();
    expect(again.files.map(({ status }) => status)).toEqual(["unchanged", "unchanged", "unchanged"]);
    expect([again.lock, again.contract]).toEqual([contract, contract]);
  });

  it("is done without where it cannot be written or read", async () => {
    const project = await taskProject(FILES);
    await project.write({ "node_modules/.cache/taskgen": "a file where the folder should be" });
    expect(await statuses(project)).toEqual(["written", "written"]);
    expect(await statuses(project)).toEqual(["unchanged", "unchanged"]);
    const broken = await taskProject({ ...FILES, "node_modules/.cache/taskgen/facts.records": "{" });
    expect(await statuses(broken)).toEqual(["written", "written"]);
  });
});
