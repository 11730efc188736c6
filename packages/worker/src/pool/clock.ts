import { hrtime } from "node:process";

/** Milliseconds on a clock that never jumps and is the same in all threads of the process. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}
