import type { QueueDepth } from "@taskgen/core/internal";
import { cleanLine } from "./clean-text.js";

const held = ({ waiting, delayed, owned }: QueueDepth): number => waiting + delayed + owned;

/** It holds tasks that nobody takes. */
export const isStalled = (depth: QueueDepth): boolean => depth.consumers === 0 && held(depth) > 0;

/** The same in words, with what to do. */
export function describeStalled(depth: QueueDepth): string {
  const name = cleanLine(depth.queue);
  const count = held(depth);
  return `${name} holds ${count} ${count === 1 ? "task" : "tasks"} and has no consumer: start a worker with -Q ${name}`;
}
