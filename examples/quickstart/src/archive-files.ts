import { tasks } from "./_generated/client.js";
import { createProgressBar } from "./progress.js";

/** Has one task compress all files, and shows how far it is. */
export async function archiveFiles(paths: readonly string[]): Promise<string> {
  const bar = createProgressBar(paths.length);
  const call = tasks.archive.delay(paths);
  try {
    for await (const { done } of call.progress()) bar.update(done);
  } finally {
    bar.stop();
  }
  return call.get({ timeout: "30s" });
}
