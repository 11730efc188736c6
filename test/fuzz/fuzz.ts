import { TaskgenError } from "@taskgen/core";
import * as fc from "fast-check";
import { expect } from "vitest";

/** How many inputs each property gets: `npm run test:fuzz -- --runs 100000` gives more. */
const RUNS = Number(process.env["TASKGEN_FUZZ_RUNS"] ?? 300);
const SEED = process.env["TASKGEN_FUZZ_SEED"];

const PROTOTYPE = Reflect.ownKeys(Object.prototype).length;

/** Checks a property with a bounded number of inputs; `share` is for those that cost more. A failure names seed and input. */
export async function fuzz<T>(
  input: fc.Arbitrary<T>,
  check: (value: T) => unknown,
  { share = 1 }: { readonly share?: number } = {},
): Promise<void> {
  const property = fc.asyncProperty(input, async (value) => {
    await check(value);
    expectNotPolluted();
  });
  await fc.assert(property, {
    numRuns: Math.max(10, Math.ceil(RUNS * share)),
    ...(SEED !== undefined && { seed: Number(SEED) }),
  });
}

function expectNotPolluted(): void {
  const { polluted } = {} as { readonly polluted?: unknown };
  if (polluted !== undefined || Reflect.ownKeys(Object.prototype).length !== PROTOTYPE)
    throw new Error("a prototype was changed");
}

/** What reading gives, or the code of the error it is refused with; any other error is a fault. */
export function read<T>(reader: () => T, codes: readonly string[] = ["NOT_DECODABLE"]): T | undefined {
  try {
    return reader();
  } catch (error) {
    if (!(error instanceof TaskgenError)) throw new Error("it was refused with an error of no kind", { cause: error });
    expect(codes).toContain(error.code);
    return undefined;
  }
}
