import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Registers what is done when that ends which something is for: a test, or a suite. */
export type AtEnd = (end: () => Promise<void>) => void;

/** A new directory that is removed, with all in it, after the test. */
export async function tempDir(atEnd: AtEnd = onTestFinished): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "taskgen-test-"));
  atEnd(() => rm(path, { recursive: true, force: true, maxRetries: 3 }));
  return path;
}
