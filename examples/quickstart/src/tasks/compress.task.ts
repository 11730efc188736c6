import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { threadId } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { task } from "@taskgen/core";

/** Hashes and compresses one file. The compressed bytes are not kept. */
export const compress = task(async (path: string) => {
  const content = await readFile(path);
  return {
    size: content.length,
    // blocks its thread on purpose: threads are there for work that needs the processor
    compressedSize: gzipSync(content).length,
    sha256: createHash("sha256").update(content).digest("hex"),
    thread: threadId,
  };
});
