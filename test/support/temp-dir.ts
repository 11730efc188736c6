import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A new directory that is removed, with all in it, after the test. */
export async function tempDir(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "taskgen-test-"));
  onTestFinished(() => rm(path, { recursive: true, force: true, maxRetries: 3 }));
  return path;
}
