import {
  createId,
  decodeMessage,
  MESSAGE_VERSION,
  replaceHeader,
  type DeadLetter,
  type Envelope,
  type Header,
  type Inspect,
} from "@taskgen/core/internal";

/** A dead letter with what its header says. */
export interface ReadLetter {
  readonly letter: DeadLetter;
  /** `undefined` when it cannot be read. */
  readonly header: Header | undefined;
  /** Encoded. */
  readonly args: Uint8Array;
}

/** The dead letters of queues, the oldest first, at most `limit` of each. */
export async function deadLetters(broker: Inspect, queues: readonly string[], limit: number): Promise<ReadLetter[]> {
  const letters: DeadLetter[] = [];
  for (const queue of queues) letters.push(...(await broker.dead(queue, limit)));
  return letters.toSorted((a, b) => a.at - b.at).map(readLetter);
}

/** The queues that are named, otherwise all that the broker can list and `queue`. */
export async function queuesOf(broker: Inspect, named: readonly string[], queue: string): Promise<string[]> {
  if (named.length > 0) return [...new Set(named)];
  const known = (await broker.depths()).map((depth) => depth.queue);
  return [...new Set([...known, queue])].toSorted();
}

function readLetter(letter: DeadLetter): ReadLetter {
  try {
    return { letter, ...decodeMessage(letter.envelope.body) };
  } catch {
    return { letter, header: undefined, args: letter.envelope.body };
  }
}

/** How often it ran, as far as its message knows. */
export const attempts = ({ header }: ReadLetter): number => (header?.retries ?? 0) + 1;

/**
 * A message that runs a dead letter once more, from its beginning: with an id of its own, without what limited the old one in time.
 * `undefined` when its header cannot be read.
 */
export function replayOf({ letter: { envelope }, header }: ReadLetter): Envelope | undefined {
  if (header === undefined || header.v !== MESSAGE_VERSION) return undefined;
  // n.b. that a later call took its place is no reason not to run what somebody asks for now
  const { retries: _, parked: __, ended: ___, debounce: ____, ...rest } = header;
  return {
    id: createId(),
    queue: envelope.queue,
    priority: envelope.priority,
    body: replaceHeader(envelope.body, { ...rest, replayOf: envelope.id }),
  };
}
