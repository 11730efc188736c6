import type { App, CallOptions, StreamCallWith, StreamOptions, UnknownExtras } from "@taskgen/core";
import { within } from "../support/within.js";

export type AnyStream = StreamCallWith<unknown, unknown, UnknownExtras>;

/** A call of a task that yields items, by its name. */
export const streamOf = (app: App, task: string, args: readonly unknown[], options?: CallOptions): AnyStream =>
  app.sendUnchecked(task, args, options) as unknown as AnyStream;

/** All items, in order. */
export async function itemsOf(stream: AsyncIterable<unknown>, ms = 30_000): Promise<unknown[]> {
  const items: unknown[] = [];
  const read = async (): Promise<void> => {
    for await (const item of stream) items.push(item);
  };
  await within("the end of a stream", read(), ms);
  return items;
}

/** All items, and the error after them. */
export async function failedItems(stream: AsyncIterable<unknown>): Promise<{ items: unknown[]; error: unknown }> {
  const items: unknown[] = [];
  const read = async (): Promise<unknown> => {
    try {
      for await (const item of stream) items.push(item);
    } catch (error) {
      return error;
    }
    throw new Error(`the stream ended without an error after ${items.length} items`);
  };
  return { error: await within("the end of a stream", read()), items };
}

/** The first `count` items of a loop that is left then. */
export async function firstItems(call: AnyStream, count: number, options?: StreamOptions): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of call.stream(options)) if (items.push(item) === count) break;
  return items;
}

export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);
