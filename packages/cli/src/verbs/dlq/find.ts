import type { Inspect } from "@taskgen/core/internal";
import { CliError } from "../../cli-error.js";
import { deadLetters, queuesOf, type ReadLetter } from "./dead-letters.js";

/** Where to look for dead letters. */
export interface Place {
  readonly broker: Inspect;
  /** The queue of tasks that name none. */
  readonly queue: string;
  /** Queues that were named. */
  readonly named?: readonly string[] | undefined;
}

/** How many of a queue are looked through. */
const MOST = 100_000;

/**
 * The dead letters of these ids, or all without ids.
 * @throws CliError `USAGE` when one is not there.
 */
export async function find(
  ids: readonly string[] | undefined,
  { broker, queue, named = [] }: Place,
): Promise<ReadLetter[]> {
  const letters = await deadLetters(broker, await queuesOf(broker, named, queue), MOST);
  if (ids === undefined) return letters;
  const wanted = new Set(ids);
  const found = letters.filter(({ letter }) => wanted.has(letter.envelope.id));
  const there = new Set(found.map(({ letter }) => letter.envelope.id));
  const missing = ids.filter((id) => !there.has(id));
  if (missing.length === 0) return found;
  throw new CliError(
    "USAGE",
    `there is no dead letter ${missing.join(", ")}; \`npx taskgen dlq list\` shows them, --queue names queues that the broker cannot list`,
  );
}

/** Their ids by queue. */
export function idsByQueue(letters: readonly ReadLetter[]): Map<string, string[]> {
  const byQueue = new Map<string, string[]>();
  for (const { letter } of letters) {
    const { queue, id } = letter.envelope;
    const ids = byQueue.get(queue);
    if (ids === undefined) byQueue.set(queue, [id]);
    else ids.push(id);
  }
  return byQueue;
}
