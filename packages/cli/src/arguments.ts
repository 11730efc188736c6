import { InvalidArgumentError } from "commander";
import type { Duration } from "@taskgen/core";
import type { MemorySize, WorkerQueue } from "@taskgen/worker";
import { CliError } from "./cli-error.js";

// Parsers of options, in the form that commander calls: what they throw, it completes with the option's name.

/** A duration such as `500ms`, `10s` or `2m`. */
export function duration(text: string): Duration {
  if (/^\d+(\.\d+)?(ms|s|m|h|d)$/.test(text)) return text as Duration;
  throw new InvalidArgumentError("Give a number and a unit, such as 500ms, 10s, 2m, 1h or 1d.");
}

/** A whole number from 1. */
export function count(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError("Give a whole number from 1.");
}

/** A TCP port; 0 is any free one. */
export function port(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 65_535) return number;
  throw new InvalidArgumentError("Give a port from 0 to 65535.");
}

/** A size such as `800kB`, `512MB` or `1.5GB`. */
export function memorySize(text: string): MemorySize {
  if (/^\d+(\.\d+)?(kB|MB|GB)$/.test(text) && Number.parseFloat(text) > 0) return text as MemorySize;
  throw new InvalidArgumentError("Give a number and a unit, such as 800kB, 512MB or 1.5GB.");
}

/** The most and the fewest, the fewest being 1 where it is not given. */
export function autoscale(text: string): { readonly max: number; readonly min: number } {
  const match = /^(\d+)(?:,(\d+))?$/.exec(text);
  const [max, min] = [Number(match?.[1]), Number(match?.[2] ?? 1)];
  if (max > 0 && min <= max) return { max, min };
  throw new InvalidArgumentError("Give the most and the fewest, such as 8,1; the most comes first.");
}

/** Names separated by commas; the option may be given again. */
export function names(text: string, before: readonly string[] = []): readonly string[] {
  const given = text.split(",").map((name) => name.trim());
  if (given.includes("")) throw new InvalidArgumentError("One of the names is empty.");
  return [...before, ...given];
}

/** 0 to 9. */
export function priority(text: string): number {
  if (/^\d$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Give a whole number from 0 to 9, 9 first.");
}

/** Queues separated by commas, each with a weight after `=` where it is not 1. */
export function queues(text: string, before: readonly WorkerQueue[] = []): readonly WorkerQueue[] {
  return [...before, ...names(text).map(queue)];
}

function queue(text: string): WorkerQueue {
  const [, name, weight] = /^(.+)=(.*)$/.exec(text) ?? [];
  if (name === undefined) return { name: text };
  if (Number(weight) > 0 && Number.isFinite(Number(weight))) return { name, weight: Number(weight) };
  throw new InvalidArgumentError(`The weight of ${name} must be a number above 0, such as ${name}=3.`);
}

/** One JSON value for each argument. */
export function jsonArguments(texts: readonly string[]): unknown[] {
  return texts.map((text, index) => {
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new CliError(
        "ARGUMENT_INVALID",
        `argument ${index + 1} is not JSON: ${text} (${reason}). Quote JSON for the shell; a text needs its own quotes: '"text"'`,
      );
    }
  });
}
