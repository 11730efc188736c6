import { type ConnectionOptions, openResults, openTransport, type TransportEvents } from "@taskgen/core/internal";
import { connect, type Channel, type ChannelModel } from "amqplib";
import { onTestFinished } from "vitest";
import { close } from "../conformance/scene.js";
import type { Participant } from "../conformance/implementation.js";
import { namespace } from "../support/namespace.js";
import { within } from "../support/within.js";

/** What a participant tells besides answers. */
export class Events implements TransportEvents {
  readonly states: string[] = [];
  readonly reasons: (string | undefined)[] = [];
  readonly errors: Error[] = [];
  readonly #watchers = new Set<() => void>();

  readonly state = (state: string, reason?: string): void => {
    this.states.push(state);
    this.reasons.push(reason);
    for (const watcher of this.#watchers) watcher();
  };

  readonly error = (error: Error): void => {
    this.errors.push(error);
    for (const watcher of this.#watchers) watcher();
  };

  /** Resolves when something is so. */
  async when(what: string, isSo: (events: Events) => boolean, ms = 60_000): Promise<void> {
    let watcher!: () => void;
    const happened = new Promise<void>((resolve) => {
      watcher = () => void (isSo(this) && resolve());
      this.#watchers.add(watcher);
      watcher();
    });
    await within(what, happened, ms).finally(() => this.#watchers.delete(watcher));
  }
}

export interface Opened extends Participant {
  readonly prefix: string;
  readonly events: Events;
}

/** A started transport with its results; closed after the test. */
export async function open(url: string, options: ConnectionOptions = {}): Promise<Opened> {
  const given = { ...options, prefix: options.prefix ?? namespace("p") };
  const events = new Events();
  const opened = { transport: await openTransport(url, given), results: await openResults(url, given) };
  onTestFinished(() => close(opened));
  await Promise.all([opened.transport.start(events), opened.results.start({ state: () => {}, error: events.error })]);
  return { ...opened, events, prefix: given.prefix };
}

export async function openModel(url: string): Promise<ChannelModel> {
  const model = await connect(url, { noDelay: true });
  model.on("error", () => {});
  onTestFinished(() => model.close().catch(() => {}));
  return model;
}

/** A channel of the driver itself, to do what a transport never does. */
export async function openRaw(url: string): Promise<Channel> {
  const channel = await (await openModel(url)).createChannel();
  channel.on("error", () => {});
  return channel;
}
