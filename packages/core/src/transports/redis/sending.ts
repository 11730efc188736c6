import { TransportError } from "../../errors.js";
import type { Deadline, Envelope, SendOutcome } from "../../transport.js";
import { groupBy, inChunks } from "./chunks.js";
import type { Hub } from "./hub.js";
import { queueKeys } from "./fetcher.js";
import type { KnownQueues } from "./known-queues.js";
import { packMessages } from "./message-format.js";
import { shortened } from "./pack.js";
import { enqueue } from "./scripts.js";

export const MAX_BYTES = 64 * 1024 * 1024;
/** How long a message whose id is known keeps others of that id away, besides the time it is delayed. */
const MARKER_MS = 24 * 3_600_000;

interface Item {
  readonly at: number;
  readonly envelope: Envelope;
}

/** Puts messages into queues. */
export class Sending {
  readonly #hub: Hub;
  readonly #queues: KnownQueues;
  readonly #producer: string;
  #batches = 0;

  constructor(hub: Hub, queues: KnownQueues, producer: string) {
    this.#hub = hub;
    this.#queues = queues;
    this.#producer = producer;
  }

  async send(batch: readonly Envelope[], deadline: Deadline): Promise<readonly SendOutcome[]> {
    const outcomes: SendOutcome[] = batch.map(({ id, body }) => tooLarge(id, body) ?? "duplicate");
    const items = batch.map((envelope, at) => ({ at, envelope })).filter(({ at }) => outcomes[at] === "duplicate");
    const chunks = [...groupBy(items, ({ envelope }) => envelope.queue).values()].flatMap((group) =>
      inChunks(group, ({ envelope }) => envelope.body.length),
    );
    const sent = chunks.map((chunk) => this.#enqueue(chunk, outcomes, deadline));
    await (sent.length === 1 ? sent[0] : Promise.all(sent));
    return outcomes;
  }

  async #enqueue(chunk: readonly Item[], outcomes: SendOutcome[], deadline: Deadline): Promise<void> {
    const envelopes = chunk.map(({ envelope }) => envelope);
    const { queue } = envelopes[0]!;
    const keys = this.#hub.keys.queue(queue);
    const marks = envelopes.map(({ id }) => this.#hub.markOf(keys, id));
    const dues = envelopes.some(({ eta }) => eta !== undefined)
      ? envelopes.map(({ eta }) => `${dueOf(eta)},`).join("")
      : "";
    const priorities = envelopes.map(({ priority }) => priority).join("");
    const { bytes, lengths } = packMessages(envelopes);
    const args = [`${this.#producer}:${++this.#batches}`, MARKER_MS, lengths, shortened(bytes), priorities, dues];
    try {
      const names = [...queueKeys(keys), ...marks];
      const reply = await this.#hub.perform((session) => {
        this.#queues.note(session, queue);
        return session.script(enqueue, names, args);
      }, deadline);
      const digits = (reply as Buffer).toString("latin1");
      chunk.forEach(({ at }, i) => (outcomes[at] = digits[i] === "1" ? "stored" : "duplicate"));
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      for (const { at } of chunk) outcomes[at] = error;
    }
  }
}

const dueOf = (eta: number | undefined): number | "" => (eta === undefined ? "" : Math.ceil(eta));

export function tooLarge(id: string, { length }: Uint8Array): TransportError | undefined {
  if (length <= MAX_BYTES) return undefined;
  const message = `the message ${id} has ${length} bytes; this transport takes ${MAX_BYTES}`;
  return new TransportError("PAYLOAD_TOO_LARGE", message, { certain: true });
}
