import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultApp } from "@taskgen/core";
import { tasks } from "./_generated/client.js";
import { archiveFiles } from "./archive-files.js";
import { compressFiles, type Totals } from "./compress-files.js";
import { filesBelow, findPackage } from "./files.js";
import { WorkerProcess } from "./worker-process.js";

const project = dirname(dirname(fileURLToPath(import.meta.url)));

/** A call, its result; one that says how far it is; then a few hundred calls at once. */
async function show(worker: WorkerProcess): Promise<void> {
  console.log("1. A worker starts: npx taskgen worker\n");
  await worker.ready;

  console.log("\n2. A first call: await tasks.add.delay(4, 4).get()\n");
  const result = await tasks.add.delay(4, 4).get({ timeout: "30s" });
  console.log(`\n  4 + 4 = ${result}`);

  const folder = findPackage(project);
  const paths = await filesBelow(folder);
  console.log(`\n3. One long task that says how far it is: for await (const { done } of call.progress()) …\n`);
  worker.quiet = true;
  const digest = await archiveFiles(paths);
  console.log(`\n  digest ${digest.slice(0, 16)}…`);

  console.log(`\n4. Real work: hash and compress the ${paths.length} files below ${folder}, one task each\n`);
  printTotals(await compressFiles(paths));
}

function printTotals({ files, size, compressedSize, threads, seconds, verified }: Totals): void {
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  console.log(`
  ${files} files, ${megabytes(size)} became ${megabytes(compressedSize)} (${((100 * compressedSize) / size).toFixed(0)} %)
  ${seconds.toFixed(1)} s, ${(files / seconds).toFixed(0)} tasks/s, ${megabytes(size / seconds)}/s on ${threads} worker threads
  ${verified} digests computed again here: all the same`);
}

/** A broker of this run alone, unless the environment names one. Resolves to what removes it. */
async function prepareBroker(): Promise<() => Promise<void>> {
  if (process.env["TASKGEN_BROKER_URL"]) return async () => {};
  const folder = await mkdtemp(join(tmpdir(), "taskgen-quickstart-"));
  process.env["TASKGEN_BROKER_URL"] = `sqlite:${folder.replaceAll("\\", "/")}/tasks.db`;
  return () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const)
    process.on(name, () => controller.abort(new Error(`stopped by ${name}`)));
  return controller.signal;
}

const signal = abortOnSignals();
const removeBroker = await prepareBroker();
const worker = new WorkerProcess(project);
try {
  await Promise.race([show(worker), worker.failed, rejection(signal)]);
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = signal.aborted ? 130 : 1;
} finally {
  console.log("\n5. The worker is told to stop (SIGTERM) and finishes what it runs\n");
  const code = await worker.stop();
  console.log(`\n  The worker ended with ${code}`);
  if (code !== 0) process.exitCode ??= 1;
  await defaultApp().close();
  await removeBroker();
}

/** Rejects when the signal aborts. */
function rejection(aborted: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    aborted.addEventListener("abort", () => reject(aborted.reason as Error), { once: true }),
  );
}
