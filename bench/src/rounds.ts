/** One of the things that are compared. */
export interface Side<T> {
  readonly name: string;
  /** Warms up; nothing of it is counted. */
  readonly warmUp: () => Promise<unknown>;
  readonly run: () => Promise<T>;
}

/** How often, and until when. */
export interface Rounds {
  readonly count: number;
  /** After this (`performance.now()`) no further round begins. */
  readonly until: number;
}

/** Runs all sides once in each round, one after the other, so that what disturbs the machine meets all of them. */
export async function alternate<T>(sides: readonly Side<T>[], rounds: Rounds): Promise<T[][]> {
  for (const side of sides) await side.warmUp();
  const results: T[][] = sides.map(() => []);
  for (let round = 0; round < rounds.count && (round === 0 || performance.now() < rounds.until); round++) {
    for (const [i, side] of sides.entries()) results[i]!.push(await side.run());
  }
  return results;
}
