import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "@taskgen/codegen";
import { describe, expect, it } from "vitest";
import { copyProject, startTaskgen, taskgen, textLine } from "../support/taskgen-command.js";

const PROJECT = new URL("fixtures/project/", import.meta.url);

/** A project with a running worker. */
async function runProject(): Promise<string> {
  const cwd = await copyProject(PROJECT);
  await generate({ cwd, config: {} });
  await textLine(startTaskgen(["worker", "--threads", "1"], { cwd }), "Worker ready");
  return cwd;
}

describe("taskgen call", () => {
  it("prints the id, with --wait the result", async () => {
    const cwd = await runProject();
    const sent = await taskgen(["call", "add", "-4", "4.5"], { cwd });
    expect(sent).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[\w-]{36}\n$/) as string, stderr: "" });
    expect(await taskgen(["result", sent.stdout.trim(), "--wait"], { cwd })).toMatchObject({
      code: 0,
      stdout: "SUCCESS\n0.5\n",
    });
    expect(await taskgen(["call", "add", "4", "4", "--wait", "--countdown", "50ms"], { cwd })).toMatchObject({
      code: 0,
      stdout: "8\n",
      stderr: expect.stringMatching(/^[\w-]{36}\n$/) as string,
    });
    expect((await taskgen(["call", "inventory", "--wait"], { cwd })).stdout).toBe("Map(1) { 'apples' => 3n }\n");
  });

  it("fails when the task does, and result shows why", async () => {
    const cwd = await runProject();
    const { code, stdout, stderr } = await taskgen(["call", "boom", '"bad"', "--wait"], { cwd });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    const [id = "", message] = stderr.split("\n");
    expect(message).toBe(`taskgen: [TASK_FAILURE] task boom (${id}) failed: RangeError: bad`);
    expect(await taskgen(["result", id], { cwd })).toEqual({
      code: 1,
      stdout: "FAILURE\nRangeError: bad\n",
      stderr: "",
    });
    expect((await taskgen(["result", id, "--traceback"], { cwd })).stdout).toMatch(
      /^FAILURE\nRangeError: bad\nRangeError: bad\n +at .*math\.task\.ts/,
    );
  });

  it("without a worker the call waits in the broker", async () => {
    const cwd = await copyProject(PROJECT);
    const { stdout } = await taskgen(["call", "add", "1", "2"], { cwd });
    expect(await taskgen(["result", stdout.trim()], { cwd })).toEqual({ code: 1, stdout: "PENDING\n", stderr: "" });
    const { code, stderr } = await taskgen(["result", stdout.trim(), "--wait", "--timeout", "50ms"], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain("taskgen: [RESULT_TIMEOUT] ");
    expect(stderr).toContain(`sqlite:${cwd}/.taskgen/tasks.db`);
  });

  it("goes where the task, or a route of the app, says", async () => {
    const cwd = await copyProject(PROJECT);
    await writeFile(
      join(cwd, "src/tasks/mail.task.ts"),
      'import { task } from "@taskgen/core";\nexport const send = task({ queue: "mail" }, (to: string) => to);\n',
    );
    await writeFile(
      join(cwd, "src/app.ts"),
      `import { createApp } from "@taskgen/core";
export const app = createApp({
  broker: ${JSON.stringify(`sqlite:${cwd}/tasks.db`)},
  routes: [{ task: "*d*", queue: "routed" }],
  queues: { mail: { weight: 3, concurrency: 2 } },
});
`,
    );
    await writeFile(join(cwd, "taskgen.config.js"), 'export default { app: "src/app.ts" };\n');
    await generate({ cwd, config: { app: "src/app.ts" } });
    const calls = [
      ["send", '"you"'],
      ["add", "1", "2"],
      ["send", '"you"', "--queue", "other", "--priority", "9"],
    ];
    for (const call of calls) expect(await taskgen(["call", ...call], { cwd })).toMatchObject({ code: 0, stderr: "" });
    const { stdout } = await taskgen(["queues", "--json"], { cwd });
    const rows = JSON.parse(stdout) as readonly { readonly queue: string; readonly waiting: number }[];
    const held = new Map(rows.map(({ queue, waiting }) => [queue, waiting]));
    expect(held).toEqual(new Map(Object.entries({ default: 0, mail: 1, other: 1, routed: 1 })));

    const worker = startTaskgen(["worker", "--threads", "1"], { cwd });
    await textLine(worker, "Worker ready");
    const lines = worker.lines.map(String);
    expect(lines).toContain("   mail (weight 3, at most 2 at once)");
    expect(lines).toContain("   routed");
    const { stdout: doctor } = await taskgen(["doctor"], { cwd });
    expect(doctor).toContain("note  other holds 1 task and has no consumer: start a worker with -Q other\n");
    expect(doctor).not.toContain("mail holds");
  });

  it("says which argument is not JSON", async () => {
    const cwd = await copyProject(PROJECT);
    const { code, stderr } = await taskgen(["call", "add", "4", "four"], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^taskgen: \[ARGUMENT_INVALID\] argument 2 is not JSON: four \(.*\n$/);
  });

  it("meets the worker of another folder of the workspace", async () => {
    const root = await copyProject(new URL("fixtures/workspace/", import.meta.url));
    const [web, worker] = [join(root, "web"), join(root, "worker")];
    await mkdir(web);
    await writeFile(join(web, "package.json"), '{ "name": "web", "private": true, "type": "module" }');
    await generate({ cwd: worker, config: {} });
    const running = startTaskgen(["worker", "--threads", "1"], { cwd: worker });
    await textLine(running, "Worker ready");
    expect(running.lines.map(String)).toContain(`   broker:      sqlite:${root}/.taskgen/tasks.db`);
    expect(await taskgen(["call", "double", "21", "--wait", "--timeout", "15s"], { cwd: web })).toMatchObject({
      code: 0,
      stdout: "42\n",
    });
  });
});
