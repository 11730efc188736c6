import { connect, type Channel, type ChannelModel, type ConfirmChannel, type Options } from "amqplib";

/** What a raw process is given. */
export interface RawAmqpSettings {
  readonly url: string;
}

export const WORK = "raw.work";
export const REPLIES = "raw.replies";

/** Messages without an answer of the broker; it is what `@taskgen/core` has on its way at most. */
const WINDOW = 500;
/** The largest prefetch that helps: a quorum queue takes 2,000 at most. */
const PREFETCH = 1_000;

/** The least that moves messages through RabbitMQ safely: a connection that publishes with confirms, and one that consumes. */
export class RawChannels {
  readonly consuming: Channel;
  readonly #publishing: ConfirmChannel;
  readonly #models: readonly ChannelModel[];
  #onTheirWay = 0;
  #goOn: (() => void) | undefined;

  constructor(models: readonly ChannelModel[], publishing: ConfirmChannel, consuming: Channel) {
    this.#models = models;
    this.#publishing = publishing;
    this.consuming = consuming;
  }

  static async open(url: string): Promise<RawChannels> {
    const [out, into] = await Promise.all([connect(url, { noDelay: true }), connect(url, { noDelay: true })]);
    const consuming = await into.createChannel();
    await consuming.prefetch(PREFETCH);
    await consuming.assertQueue(WORK, { durable: true, arguments: { "x-queue-type": "quorum" } });
    await consuming.assertQueue(REPLIES, { durable: true });
    return new RawChannels([out, into], await out.createConfirmChannel(), consuming);
  }

  /** Writes a message; `confirmed` is called when the broker has it on disk. */
  publish(queue: string, body: Uint8Array, properties: Options.Publish, confirmed: () => void = () => {}): void {
    this.#onTheirWay++;
    const options = { ...properties, persistent: true, mandatory: true };
    this.#publishing.publish("", queue, asBuffer(body), options, (error: unknown) => {
      if (error) throw error;
      this.#onTheirWay--;
      confirmed();
      this.#goOn?.();
    });
  }

  /** Resolves when there is room in the window. */
  async room(): Promise<void> {
    while (this.#onTheirWay >= WINDOW) await new Promise<void>((resolve) => (this.#goOn = resolve));
  }

  /** Resolves when the broker has all that was published. */
  async confirmed(): Promise<void> {
    await this.#publishing.waitForConfirms();
  }

  async close(): Promise<void> {
    for (const model of this.#models) await model.close();
  }
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
