import type { Logger } from "@taskgen/core";

/** Prints lines with the seconds since the beginning; without what is different in every run: ids and run times. */
export function printer(elapsedMs: () => number): Logger {
  const print = (fields: object | string, message = ""): void => {
    const line = (typeof fields === "string" ? fields : message)
      .replace(/\[[\w-]{36}\]/, "[…]")
      .replace(/succeeded in [\d.]+s/, "succeeded");
    if (!line.endsWith("received")) console.log(`  +${elapsedMs() / 1_000}s`.padEnd(9), line);
  };
  return { debug: () => {}, info: print, warn: print, error: print };
}
