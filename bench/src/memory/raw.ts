// A queue in an array: the least that a task queue within one process can do.
import { createId } from "@taskgen/core/internal";
import { serve } from "../child/serve.js";
import { argumentsOf, check } from "../taskgen/calls.js";

interface Call {
  readonly id: string;
  readonly task: string;
  readonly args: string;
}

const FUNCTIONS: Readonly<Record<string, (x: number, y: number) => unknown>> = { add: (x, y) => x + y };

const queue: Call[] = [];
const results = new Map<string, string>();
const waiting = new Map<string, (result: unknown) => void>();

function drain(): void {
  for (const { id, task, args } of queue.splice(0)) {
    const [x, y] = JSON.parse(args) as [number, number];
    const result = JSON.stringify(FUNCTIONS[task]!(x, y));
    results.set(id, result);
    waiting.get(id)!(JSON.parse(result));
    waiting.delete(id);
  }
}

function call(task: string, args: readonly unknown[]): Promise<unknown> {
  const id = createId();
  if (queue.push({ id, task, args: JSON.stringify(args) }) === 1) setImmediate(drain);
  return new Promise((resolve) => waiting.set(id, resolve));
}

async function each(n: number): Promise<number> {
  results.clear();
  const start = performance.now();
  const values = await Promise.all(argumentsOf(n).map((args) => call("add", args)));
  const ms = performance.now() - start;
  check(values);
  return ms;
}

serve({ each, stop: () => {} });
