import type { Channel } from "amqplib";

/** What amqplib does not show: the channels of a connection by their numbers. */
interface Internals {
  readonly ch: number;
  readonly connection: {
    readonly channels: ({ readonly channel: unknown; readonly buffer?: unknown } | null)[];
    readonly freeChannels: { set(channel: number): void; clear(channel: number): void };
  };
}

interface Occupied {
  readonly number: number;
  readonly since: number;
}

const sink = { accept: () => {}, toClosed: () => {}, onBufferDrain: () => {} };
const OCCUPIED_MS = 60_000;

/**
 * Takes what a server sends on channels that it has closed. What was on its way to a consumer comes after the end of its
 * channel, and the driver takes that for a fault of the connection, or gives it to the next channel of that number.
 */
export class LateFrames {
  #occupied: Occupied[] = [];

  /** Call it when the server has said why it closes the channel. */
  await(channel: Channel): void {
    const { ch, connection } = channel as unknown as Internals;
    channel.once("close", () => {
      this.#free(connection);
      connection.freeChannels.set(ch);
      connection.channels[ch] = { channel: sink };
      this.#occupied.push({ number: ch, since: performance.now() });
    });
  }

  /** Numbers are scarce: there are 2,047. */
  #free({ channels, freeChannels }: Internals["connection"]): void {
    const old = this.#occupied.filter(({ since }) => performance.now() - since > OCCUPIED_MS);
    for (const { number } of old) {
      channels[number] = null;
      freeChannels.clear(number);
    }
    this.#occupied = this.#occupied.filter((one) => !old.includes(one));
  }
}
