import {
  createId,
  decodeMessage,
  MESSAGE_VERSION,
  joinMessage,
  replaceHeader,
  sealOf,
  type DeadLetter,
  type Envelope,
  type Header,
  type Inspect,
  type Sealer,
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
 * Where there are keys it is sealed anew, but never what was not sealed with one of them. Otherwise why there is none.
 */
export function replayOf(read: ReadLetter, sealer: Sealer | undefined): Envelope | string {
  const { header } = read;
  const { id, queue, priority, body } = read.letter.envelope;
  if (header === undefined || header.v !== MESSAGE_VERSION) return "its header cannot be read";
  // n.b. that a later call took its place is no reason not to run what somebody asks for now
  const { retries: _, parked: __, ended: ___, debounce: ____, ...rest } = header;
  const again = { id: createId(), queue, priority };
  const next = { ...rest, replayOf: id };
  if (sealer === undefined) return { ...again, body: replaceHeader(body, next) };
  try {
    return sealer.sealMessage({ ...again, body: joinMessage(next, openLetter(read, sealer)) });
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * The encoded arguments of a dead letter.
 * @throws CodecError `SIGNATURE_INVALID`, `ENCRYPTION_INVALID`
 */
export function openLetter({ letter, header, args }: ReadLetter, sealer: Sealer | undefined): Uint8Array {
  const { envelope } = letter;
  return sealer === undefined || header === undefined
    ? args
    : sealer.openMessage(envelope.id, sealOf(envelope, header), args);
}
