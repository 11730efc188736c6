import { task } from "@taskgen/core";

/** How many primes there are up to a limit. Keeps its thread busy: the web server's own event loop would stand still. */
export const countPrimes = task({ timeLimit: "30s" }, (limit: number) => {
  const composite = new Uint8Array(limit + 1);
  let count = 0;
  for (let n = 2; n <= limit; n += 1) {
    if (composite[n] === 1) continue;
    count += 1;
    for (let multiple = n * n; multiple <= limit; multiple += n) composite[multiple] = 1;
  }
  return count;
});
