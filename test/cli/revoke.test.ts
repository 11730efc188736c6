import { join } from "node:path";
import { generate } from "@taskgen/codegen";
import { describe, expect, it } from "vitest";
import type { Child } from "../support/child.js";
import { copyProject, eventLine, startTaskgen, taskgen, textLine } from "../support/taskgen-command.js";

const PROJECT = new URL("fixtures/project/", import.meta.url);

async function project(): Promise<{ readonly cwd: string; readonly startWorker: (...args: string[]) => Child }> {
  const cwd = await copyProject(PROJECT);
  await generate({ cwd, config: {} });
  return { cwd, startWorker: (...args) => startTaskgen(["worker", "--threads", "1", ...args], { cwd }) };
}

/** Calls a task; returns its id. */
const call = async (cwd: string, ...args: string[]): Promise<string> =>
  (await taskgen(["call", ...args], { cwd })).stdout.trim();

describe("taskgen revoke", () => {
  it("revokes what waits, also before there is a worker", async () => {
    const { cwd, startWorker } = await project();
    const ids = [await call(cwd, "add", "1", "2"), await call(cwd, "add", "3", "4")];
    expect(await taskgen(["revoke", ...ids], { cwd })).toEqual({
      code: 0,
      stdout: ids.map((id) => `${id}: REVOKED\n`).join(""),
      stderr: "",
    });
    const worker = startWorker();
    for (const id of ids) await textLine(worker, `Discarding revoked task: add[${id}]: it was revoked`);
    expect((await taskgen(["result", ids[0]!], { cwd })).stdout).toBe("REVOKED\nTaskRevoked: it was revoked\n");
  });

  it("ends what runs, with --terminate", async () => {
    const { cwd, startWorker } = await project();
    const worker = startWorker("--json");
    await eventLine(worker, "worker-started");
    const id = await call(cwd, "hold", JSON.stringify(join(cwd, "gate")));
    await eventLine(worker, "task-log");
    expect(await taskgen(["revoke", id, "--terminate", "--children"], { cwd })).toMatchObject({ code: 0 });
    expect(await eventLine(worker, "task-revoked")).toMatchObject({
      level: "info",
      id,
      terminated: true,
      message: `Task hold[${id}] revoked (terminated: yes): it was revoked`,
    });
    expect((await taskgen(["call", "add", "4", "4", "--wait"], { cwd })).stdout).toBe("8\n");
  });

  it("leaves what has ended, and says so", async () => {
    const { cwd, startWorker } = await project();
    await textLine(startWorker(), "Worker ready");
    const id = await call(cwd, "add", "1", "2");
    await taskgen(["result", id, "--wait"], { cwd });
    expect(await taskgen(["revoke", id], { cwd })).toEqual({ code: 1, stdout: `${id}: SUCCESS\n`, stderr: "" });
  });

  it("needs an id", async () => {
    const { cwd } = await project();
    const { code, stderr } = await taskgen(["revoke"], { cwd });
    expect(code).not.toBe(0);
    expect(stderr).toContain("[USAGE]");
  });
});
