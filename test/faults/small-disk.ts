import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { onTestFinished } from "vitest";

/** Takes all the room that a file system has left, and gives it back. */
export interface Ballast {
  fill(): void;
  remove(): void;
}

/** Puts a file system of 24 MB onto an empty directory until the test ends; needs the right to mount. */
export async function mountSmallDisk(directory: string): Promise<Ballast> {
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", directory]);
  onTestFinished(() => void execFileSync("umount", ["--lazy", directory]));
  const path = `${directory}/ballast`;
  return { fill: () => fill(path), remove: () => rmSync(path) };
}

function fill(path: string): void {
  const file = openSync(path, "w");
  try {
    for (let bytes = 1024 * 1024; bytes >= 1; bytes /= 4) writeUntilFull(file, Buffer.alloc(bytes));
  } finally {
    closeSync(file);
  }
}

function writeUntilFull(file: number, piece: Buffer): void {
  try {
    for (;;) writeSync(file, piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}
