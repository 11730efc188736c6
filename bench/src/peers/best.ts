import type { Opened } from "../opened.js";
import type { Pair } from "../pair.js";

/** Something that can be measured. */
export interface NamedPair {
  readonly name: string;
  readonly pair: Pair;
}

/** One of several ways to run a peer. */
export interface Candidate {
  readonly name: string;
  readonly open: () => Promise<Pair>;
}

/** The candidate that costs least; the others are closed. The cost is that of the second of two trials. */
export async function best(
  opened: Opened,
  candidates: readonly Candidate[],
  cost: (pair: Pair) => Promise<number>,
): Promise<NamedPair> {
  const tried: (NamedPair & { readonly cost: number })[] = [];
  for (const { name, open } of candidates) {
    const pair = opened.use(await open());
    await cost(pair);
    tried.push({ name, pair, cost: await cost(pair) });
  }
  const [cheapest, ...others] = tried.toSorted((a, b) => a.cost - b.cost);
  for (const { pair } of others) await pair[Symbol.asyncDispose]();
  return cheapest!;
}
