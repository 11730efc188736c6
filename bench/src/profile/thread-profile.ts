import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";

/** Where time was spent. */
export interface Frame {
  readonly name: string;
  /** The last parts of its path; in brackets what is no code in a file. */
  readonly file: string;
  /** `:12`, or nothing. */
  readonly line: string;
}

/** Time in one frame itself. */
export interface Sample {
  readonly frame: Frame;
  readonly ms: number;
}

/** What one thread did after its process was ready; idle time is left out. */
export interface ThreadProfile {
  readonly name: string;
  /** Its profile. */
  readonly file: string;
  readonly samples: readonly Sample[];
  readonly busyMs: number;
}

interface Node {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

/** As V8 writes it; times in microseconds. */
interface CpuProfile {
  readonly nodes: readonly Node[];
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** By a module that only this kind of thread runs. */
const THREADS = {
  "pool/thread-entry.js": "pool thread",
  "redis/lease-thread.js": "thread that renews leases",
  "sqlite/thread.js": "database thread",
  "child/serve.ts": "main thread",
};

/** When the process in this folder was ready, in microseconds of the monotonic clock. */
export const READY_FILE = "ready";

export async function readProfile(path: string, folder: string): Promise<ThreadProfile> {
  const profile = JSON.parse(await readFile(path, "utf8")) as CpuProfile;
  const ready = Number(await readFile(join(folder, READY_FILE), "utf8"));
  const samples = samplesOf(profile, ready);
  const busyMs = samples.reduce((sum, { ms }) => sum + ms, 0);
  return { name: nameOf(profile), file: basename(path), samples, busyMs };
}

function samplesOf({ nodes, startTime, samples, timeDeltas }: CpuProfile, from: number): Sample[] {
  const frames = new Map(nodes.map((node) => [node.id, frameOf(node)]));
  let at = startTime;
  return samples.flatMap((id, i) => {
    at += timeDeltas[i]!;
    const frame = frames.get(id)!;
    return at < from || frame.name === "(idle)" ? [] : [{ frame, ms: (timeDeltas[i + 1] ?? 0) / 1000 }];
  });
}

function frameOf({ callFrame: { functionName, url, lineNumber } }: Node): Frame {
  const name = functionName || "(anonymous)";
  if (url === "") return { name, file: "(engine)", line: "" };
  return { name, file: shortened(url), line: `:${lineNumber + 1}` };
}

/** `redis/scripts.js` of a longer path. */
const shortened = (url: string): string =>
  url.startsWith("node:")
    ? url
    : url
        .replace(/^.*\/node_modules\//, "")
        .split("/")
        .slice(-3)
        .join("/");

function nameOf({ nodes }: CpuProfile): string {
  const urls = nodes.map(({ callFrame }) => callFrame.url);
  const found = Object.entries(THREADS).find(([module]) => urls.some((url) => url.endsWith(module)));
  return found?.[1] ?? "another thread";
}
