import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { expectWithin } from "../support/budget.js";
import { loadedFiles, recordingFiles } from "../support/loaded-files.js";
import { eventLine, startTaskgen } from "../support/taskgen-command.js";
import { tempDir } from "../support/temp-dir.js";

const registry = fileURLToPath(new URL("fixtures/registry.js", import.meta.url));

it("an idle worker and its pool thread load few files", async () => {
  const [cwd, folder] = [await tempDir(), await tempDir()];
  const args = ["worker", "--registry", registry, "--broker", `sqlite:${cwd}/tasks.db`, "--threads", "1", "--json"];
  const worker = startTaskgen(args, { cwd, env: recordingFiles(folder) });
  await eventLine(worker, "worker-ready");
  worker.signal("SIGTERM");
  expect(await worker.exited).toEqual({ code: 0, signal: null });
  const threads = await loadedFiles(folder);
  const withFile = (end: string): readonly string[] => threads.find((urls) => urls.some((url) => url.endsWith(end)))!;
  expectWithin("modules.worker", withFile("cli/dist/node/main.js").length);
  expectWithin("modules.thread", withFile("pool-thread-entry.js").length);
});
