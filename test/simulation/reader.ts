import type { Streamed } from "@taskgen/core";
import { describeError } from "./describe-error.js";
import type { SimulatedProcess } from "./process.js";

/** A result whose task yields. */
export type StreamedResult = Streamed<unknown> & { readonly id: string };

/** Reads what a task yields, and takes it down; leaves after so many items. */
export function readItems(process: SimulatedProcess, result: StreamedResult, leavesAfter = Infinity): void {
  const { world, name: by } = process;
  const { id } = result;
  world.history.add({ kind: "reads", id, by });
  const over = world.opens(process);
  let isLeaving = false;
  const tell = (how: string): void => {
    over();
    if (process.isAlive) world.history.add({ kind: "read", id, by, how });
  };
  // n.b. the task of who leaves may not be revoked
  read().then(tell, (error: unknown) => tell(isLeaving ? "left" : describeError(error as Error)));

  async function read(): Promise<string> {
    for await (const item of result.stream({ revokeOnReturn: leavesAfter % 2 === 1 })) {
      const [of, number] = String(item).split("/");
      if (process.isAlive) world.history.add({ kind: "item", id, by, number: of === id ? Number(number) : NaN });
      isLeaving = Number(number) >= leavesAfter;
      if (isLeaving) return "left";
    }
    return "end";
  }
}
