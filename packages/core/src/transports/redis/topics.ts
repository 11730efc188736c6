import type { Unlisten } from "../../transport.js";
import { keepAlive } from "../keep-alive.js";
import type { Hub } from "./hub.js";
import { publish } from "./scripts.js";
import type { ChannelListener, Subscriber } from "./subscriber.js";

const LIMIT_MS = 30_000;

/** Broadcasts: at most once, to who listens at that moment. */
export class Topics {
  readonly #hub: Hub;
  readonly #subscriber: Subscriber;
  readonly #report: (error: Error) => void;

  constructor(hub: Hub, subscriber: Subscriber, report: (error: Error) => void) {
    this.#hub = hub;
    this.#subscriber = subscriber;
    this.#report = report;
  }

  async broadcast(topic: string, message: Uint8Array): Promise<void> {
    const bytes = Buffer.from(message);
    const channel = this.#hub.keys.topic(topic);
    const { cluster } = this.#hub.connection.place;
    await this.#hub.perform(
      (session) => (cluster ? session.script(publish, [channel], [bytes]) : session.call("publish", channel, bytes)),
      AbortSignal.timeout(LIMIT_MS),
    );
  }

  async listen(topic: string, onMessage: (message: Uint8Array) => void): Promise<Unlisten> {
    this.#hub.open();
    const channel = this.#hub.keys.topic(topic);
    const listener: ChannelListener = { message: (bytes) => this.#guard(() => onMessage(new Uint8Array(bytes))) };
    const letGo = keepAlive();
    await this.#subscriber.listen(channel, listener).finally(letGo);
    return async () => this.#subscriber.unlisten(channel, listener);
  }

  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#report(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
