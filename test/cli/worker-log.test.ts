import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "@taskgen/codegen";
import { createApp } from "@taskgen/core";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Child } from "../support/child.js";
import { copyProject, eventLine, startTaskgen, taskgen, textLine } from "../support/taskgen-command.js";
import { within } from "../support/within.js";

const PROJECT = new URL("fixtures/project/", import.meta.url);

const TASKS = `import { currentTask, task } from "@taskgen/core";

interface Login {
  token: string;
}

export const login = task(
  {
    sensitive: ["0.token", "result.session"],
    onFailure: (error) => currentTask().log.error({ err: error }, "told"),
    onSuccess: () => {
      throw new TypeError("the hook is wrong");
    },
  },
  (who: Login) => {
    currentTask().log.info({ attempt: 1, event: "login", level: "of the task" }, "checking");
    return { session: who.token };
  },
);
`;
const PLAIN = TASKS.replace(/ {2}\{\n[^]*?\n {2}\},\n/, "");

async function project(): Promise<string> {
  const cwd = await copyProject(PROJECT);
  await writeFile(join(cwd, "src/tasks/login.task.ts"), TASKS);
  return cwd;
}

async function start(...args: string[]): Promise<{ readonly worker: Child; readonly login: () => Promise<unknown> }> {
  const cwd = await project();
  const { diagnostics } = await generate({ cwd, config: {} });
  expect(diagnostics).toEqual([]);
  const app = createApp({ broker: `sqlite:${cwd}/.taskgen/tasks.db` });
  onTestFinished(() => app.close());
  const worker = startTaskgen(["worker", "--threads", "1", ...args], { cwd });
  const login = async (): Promise<unknown> =>
    app.sendUnchecked("login", [{ token: "sk_live" }]).get({ timeout: "60s" });
  return { worker, login };
}

async function end(worker: Child): Promise<string> {
  worker.signal("SIGTERM");
  expect((await within("the worker's end", worker.exited)).code).toBe(0);
  return worker.lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
}

describe("what taskgen worker logs", () => {
  it("shows arguments at level debug, the fields of tasks after their messages, and nothing sensitive", async () => {
    const { worker, login } = await start("-l", "debug");
    expect(await login()).toEqual({ session: "sk_live" });
    await textLine(worker, " succeeded in ");
    const text = await end(worker);
    expect(text).toMatch(/: DEBUG\/MainProcess\] Task login\[[\w-]{36}\] received: \[\{"token":"\[redacted\]"\}\]\n/);
    expect(text).toMatch(
      /: INFO\/MainProcess\] login\[.{36}\]: checking attempt=1 event="login" level="of the task"\n/,
    );
    expect(text).toMatch(
      /: INFO\/MainProcess\] Task login\[.{36}\] succeeded in [\d.]+s: \{"session":"\[redacted\]"\}/,
    );
    expect(text).toMatch(
      /ERROR\/MainProcess\] login\[.{36}\]: the hook onSuccess failed: TypeError: the hook is wrong .*\nTypeError: the hook is wrong\n +at /,
    );
    expect(text).not.toContain("sk_live");
  });

  it("--json keeps its own names apart from the fields of tasks", async () => {
    const { worker, login } = await start("--json");
    await login();
    expect(await eventLine(worker, "task-log")).toMatchObject({
      ...{ event: "task-log", level: "info", task: "login", attempt: 1 },
      message: expect.stringMatching(/^login\[.{36}\]: checking$/),
    });
    expect(await eventLine(worker, "task-received")).not.toHaveProperty("args");
    expect(await end(worker)).not.toContain("sk_live");
  });
});

describe("the contract of a task", () => {
  it("does not change by hooks and sensitive parts", async () => {
    const cwd = await project();
    await writeFile(join(cwd, "src/tasks/login.task.ts"), PLAIN);
    expect(await taskgen(["accept"], { cwd })).toMatchObject({ code: 0 });
    const contract = await readFile(join(cwd, "tasks.contract.json"), "utf8");
    expect(contract).toContain('"login"');
    await writeFile(join(cwd, "src/tasks/login.task.ts"), TASKS);
    expect(await taskgen(["accept"], { cwd })).toMatchObject({ code: 0 });
    expect(await readFile(join(cwd, "tasks.contract.json"), "utf8")).toBe(contract);
  });

  it("has clients that check arguments say nothing of sensitive ones", async () => {
    const cwd = await project();
    await taskgen(["accept"], { cwd });
    await generate({ cwd, config: { client: { validators: true } } });
    const client = await readFile(join(cwd, "src/_generated/client.ts"), "utf8");
    expect(client).toMatch(/login: stub\(app, "login", \{ args: validators\["login"\], .*sensitive: true/);
    expect(client.match(/sensitive/g)).toHaveLength(1);
  });
});
