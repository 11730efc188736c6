/**
 * Milliseconds of each of `n` calls, `width` of them under way at once: the next one begins when one has ended. Call `i` comes to
 * `i + 1`; those that came to nothing (`undefined`) are left out.
 */
export async function closedLoop(n: number, width: number, call: (i: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < n) {
      const i = next++;
      const start = performance.now();
      const value = await call(i);
      if (value === undefined) continue;
      if (value !== i + 1) throw new Error(`call ${i} came to ${JSON.stringify(value)}`);
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return times;
}
