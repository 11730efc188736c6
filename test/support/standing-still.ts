import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { eventually } from "./eventually.js";

const run = promisify(execFile);

/**
 * Resolves when SIGSTOP has stopped all of a process.
 *
 * n.b. the signal is taken by one thread, as a rule the main thread, which then stops the others: until the system runs that
 * one, they go on. A busy server answers for some milliseconds after `kill` has returned.
 */
export async function standingStill(pid: number): Promise<void> {
  const states = process.platform === "linux" ? statesOfThreads : stateOfProcess;
  const isStill = async (): Promise<boolean> => (await states(pid)).every((state) => state.startsWith("T"));
  await eventually(isStill, { every: 1, what: `the standstill of process ${pid}` });
}

async function statesOfThreads(pid: number): Promise<string[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  return Promise.all(threads.map((thread) => stateOfThread(`/proc/${pid}/task/${thread}/stat`)));
}

/** n.b. the name before the state is in brackets and may hold any character; a thread may end before it is asked. */
async function stateOfThread(path: string): Promise<string> {
  const stat = await readFile(path, "latin1").catch(() => "");
  return stat.slice(stat.lastIndexOf(")") + 2);
}

async function stateOfProcess(pid: number): Promise<string[]> {
  const { stdout } = await run("ps", ["-o", "state=", "-p", `${pid}`]);
  return [stdout.trim()];
}
