import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { eventually } from "../support/eventually.js";
import { withClient } from "../support/redis-cluster.js";
import type { Server } from "./places.js";

const run = promisify(execFile);

/** Lets the files of a Redis grow no further, as on a disk that is full; resolves when it has noticed. */
export async function fillDisk(server: Server): Promise<void> {
  await limitFiles(server, await fact(server, "aof_current_size"));
  await told(server, "err");
}

/** There is room again; resolves when it has noticed. */
export async function freeDisk(server: Server): Promise<void> {
  await limitFiles(server, "unlimited");
  await told(server, "ok");
}

/** n.b. the soft limit alone: only that may be raised again by anybody */
async function limitFiles(server: Server, bytes: string): Promise<void> {
  await run("prlimit", ["--pid", await fact(server, "process_id"), `--fsize=${bytes}:`]);
}

const told = (server: Server, status: string): Promise<boolean> =>
  eventually(async () => (await fact(server, "aof_last_write_status")) === status, {
    what: `a write of the append-only file that ends with ${status}`,
    every: 50,
  });

/** One of the lines of INFO. */
async function fact(server: Server, name: string): Promise<string> {
  const info = await withClient(server, (client) => client.info());
  return new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)![1]!;
}
