import type { Tasks } from "./stubs.js";

/** Arguments of `n` calls; the result of call `i` is `i + 1`. */
export const argumentsOf = (n: number): [number, number][] => Array.from({ length: n }, (_, i) => [i, 1]);

/** Refuses a run whose results are not those of the tasks. */
export function check(values: readonly unknown[]): void {
  const wrong = values.findIndex((value, i) => value !== i + 1);
  if (wrong >= 0) throw new Error(`call ${wrong} came to ${String(values[wrong])}`);
}

/** Milliseconds of one call for many tasks: sent together, all results awaited. */
export async function runMany({ add }: Tasks, n: number): Promise<number> {
  const start = performance.now();
  const values = await add.delayMany(argumentsOf(n)).get();
  const ms = performance.now() - start;
  check(values);
  return ms;
}

/** Milliseconds of as many calls as there are tasks, all under way at once. */
export async function runEach({ add }: Tasks, n: number): Promise<number> {
  const start = performance.now();
  const values = await Promise.all(argumentsOf(n).map(([x, y]) => add.delay(x, y).get()));
  const ms = performance.now() - start;
  check(values);
  return ms;
}

/** Milliseconds of each of `n` calls, one after the other. */
export async function runOneByOne({ add }: Tasks, n: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < n; i++) {
    const start = performance.now();
    if ((await add.delay(i, 1).get()) !== i + 1) throw new Error(`call ${i} came to something else`);
    times.push(performance.now() - start);
  }
  return times;
}
