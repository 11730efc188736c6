import type { Channel, ChannelModel } from "amqplib";
import { setAlive } from "./driver.js";
import { asError } from "./failure.js";
import { LateFrames } from "./late-frames.js";
import { type Abilities, abilitiesOf } from "./versions.js";

/** One connection from its opening to its end. */
export class Session {
  readonly abilities: Abilities;
  /** Resolves with the reason when it is over. */
  readonly ended: Promise<Error>;
  readonly #model: ChannelModel;
  readonly #destroy: () => void;
  /** The open channels, and when each is closed. */
  #reason: Error | undefined;
  readonly #channels = new Map<Channel, Promise<unknown>>();
  readonly #lateFrames = new LateFrames();
  #lost = false;
  #blocked: string | undefined;

  constructor(model: ChannelModel, destroy: () => void) {
    const { version } = model.connection.serverProperties;
    this.abilities = abilitiesOf(typeof version === "string" ? version : "");
    this.#model = model;
    this.#destroy = destroy;
    model.on("error", (error) => {
      // n.b. its end may need an answer of the server: until then it takes nothing any more
      this.#lost = true;
      this.#reason ??= error;
    });
    this.ended = new Promise((resolve) => {
      model.on("close", (error) => {
        this.#lost = true;
        resolve(this.#reason ?? error ?? new Error("the connection was closed"));
      });
    });
  }

  get isLost(): boolean {
    return this.#lost;
  }

  /** Why the broker takes no messages at the moment. */
  get blocked(): string | undefined {
    return this.#blocked;
  }

  onBlocked(listener: () => void): void {
    this.#model.on("blocked", (reason) => {
      this.#blocked = reason;
      listener();
    });
    this.#model.on("unblocked", () => {
      this.#blocked = undefined;
      listener();
    });
  }

  setAlive(alive: boolean): void {
    setAlive(this.#model, alive);
  }

  /** A new channel; an error on it is told by its `close` event alone. */
  async channel(kind: "plain" | "confirm"): Promise<Channel> {
    const channel = kind === "plain" ? await this.#model.createChannel() : await this.#model.createConfirmChannel();
    channel.on("error", () => this.#lateFrames.await(channel));
    const closed = new Promise((resolve) => channel.on("close", resolve)).then(() => this.#channels.delete(channel));
    this.#channels.set(channel, closed);
    return channel;
  }

  /** Runs something on a channel of its own: what the broker refuses closes that channel alone. */
  async scratch<T>(run: (channel: Channel) => Promise<T>): Promise<T> {
    const channel = await this.channel("plain");
    try {
      return await run(channel);
    } finally {
      // n.b. nobody waits for it: a broker that hangs does not answer
      channel.close().catch(() => {});
    }
  }

  /** Ends it at once: it serves nobody any more. */
  drop(reason: Error): void {
    this.#lost = true;
    this.#reason ??= reason;
    this.#destroy();
  }

  /** Closes in good order, so that all that was written is worked off; at the deadline, or when the broker hangs, at once. */
  async close(deadline: AbortSignal): Promise<void> {
    let abort: (() => void) | undefined;
    const late = new Promise<void>((resolve) => {
      abort = resolve;
      if (deadline.aborted) resolve();
      else deadline.addEventListener("abort", abort, { once: true });
    });
    await Promise.race([this.#closeInOrder(), late]);
    deadline.removeEventListener("abort", abort!);
    this.#lost = true;
    this.#destroy();
  }

  /** n.b. the driver writes the end of the connection before what channels have not written yet, acknowledgements say. */
  async #closeInOrder(): Promise<void> {
    for (const channel of this.#channels.keys()) channel.close().catch(() => {});
    await Promise.all(this.#channels.values());
    await this.#model.close().catch(asError);
  }
}
