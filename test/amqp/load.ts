import { createId, type Delivery, type Envelope, type Transport } from "@taskgen/core/internal";
import { Inbox } from "../conformance/inbox.js";
import { bytes } from "../conformance/messages.js";

/** Sends as the core does: what may succeed later is sent again, under the same id, until all is stored. */
export class Load {
  readonly ids: string[] = [];
  readonly #transport: Transport;
  #stopped = false;
  #running: Promise<void> | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Resolves once all that was begun is stored; the ids. */
  async stop(): Promise<readonly string[]> {
    this.#stopped = true;
    await this.#running;
    return this.ids;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const batch = Array.from({ length: 50 }, (): Envelope => ({
        id: createId(),
        queue: "q",
        priority: 4,
        body: bytes("load"),
      }));
      await this.#store(batch);
      this.ids.push(...batch.map(({ id }) => id));
    }
  }

  async #store(batch: readonly Envelope[]): Promise<void> {
    for (let open = batch; open.length > 0;) {
      const outcomes = await this.#transport.send(open, AbortSignal.timeout(20_000));
      const fatal = outcomes.find((outcome) => typeof outcome !== "string" && !outcome.retriable);
      if (fatal !== undefined) throw fatal;
      open = open.filter((_, index) => typeof outcomes[index] !== "string");
    }
  }
}

/** Settles all that comes as done; every id that was ours until then. */
export async function drain(transport: Transport): Promise<{ readonly inbox: Inbox; readonly settled: Set<string> }> {
  const [inbox, settled] = [new Inbox(), new Set<string>()];
  const settle = async (batch: readonly Delivery[]): Promise<void> => {
    const outcomes = await transport.settle(batch.map((delivery) => ({ delivery, to: "done" })));
    for (const [index, { envelope }] of batch.entries()) if (outcomes[index] === "ok") settled.add(envelope.id);
    inbox.receive(batch);
  };
  await transport.consume("q", 100, (batch) => {
    void settle(batch);
  });
  return { inbox, settled };
}
