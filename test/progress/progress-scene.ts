import { writeFile } from "node:fs/promises";
import type { AnyApp, Progress, StubWith } from "@taskgen/core";
import { stub } from "@taskgen/core/client";
import { within } from "../support/within.js";

type Extras<P> = { readonly progress: Progress<P> };

/** A call of a task that reports `P`. */
export const call = <P>(app: AnyApp, task: string, ...args: readonly unknown[]) =>
  stub<StubWith<readonly unknown[], unknown, Extras<P>>>(app, task).delay(...args);

/** All that is seen of a task. */
export async function all<P>(values: AsyncIterable<P>): Promise<P[]> {
  const seen: P[] = [];
  const end = async (): Promise<void> => {
    for await (const value of values) seen.push(value);
  };
  await within("the end of the progress", end());
  return seen;
}

/** Lets a task that waits for this file go on. */
export const open = (folder: string, name: string): Promise<void> => writeFile(`${folder}/${name}`, "");
