import { TransportError } from "../../errors.js";
import type { ResultRecord } from "../../result-backend.js";
import type { Hub } from "./hub.js";
import { Inbox } from "./inbox.js";
import { unpackNotices } from "./record-format.js";
import type { ResultStore } from "./result-store.js";
import type { ChannelListener, Subscriber } from "./subscriber.js";

/** How long to leave a server alone that takes nothing now. */
const REFUSED_MS = 1_000;

/**
 * Waits for results. Those of this process's own calls are told to its address; for others, and whenever something may
 * have been missed, the store is asked, which then remembers the address.
 */
export class ResultWaits {
  readonly #hub: Hub;
  readonly #subscriber: Subscriber;
  readonly #store: ResultStore;
  readonly #address: string;
  readonly #inbox = new Inbox();
  readonly #listener: ChannelListener;
  /** Ids that the store was not asked for yet; those of one tick travel together. */
  #fresh: string[] = [];
  /** Ids of which the store would take no note: its memory or its disk is full. */
  readonly #refused = new Set<string>();
  #again: NodeJS.Timeout | undefined;

  constructor(hub: Hub, subscriber: Subscriber, at: { readonly store: ResultStore; readonly address: string }) {
    this.#hub = hub;
    this.#subscriber = subscriber;
    this.#store = at.store;
    this.#address = at.address;
    this.#listener = { message: (bytes) => this.#onMessage(bytes), resumed: () => this.#onResumed() };
  }

  /** Takes note of own calls from now on. */
  begin(): void {
    this.#hub.connection.callers.set(this.#address, (ids) => {
      if (this.#subscriber.isLive(this.#address)) this.#inbox.expect(ids);
    });
  }

  wait(id: string, signal: AbortSignal | undefined): Promise<ResultRecord> {
    const kept = signal?.aborted === true ? undefined : this.#inbox.kept(id);
    if (kept !== undefined) return Promise.resolve(kept);
    const record = this.#inbox.wait(id, signal);
    this.#lookFor(id);
    return record;
  }

  async collect(ids: readonly string[], told: (record: ResultRecord) => void, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const open: string[] = [];
    for (const id of ids) {
      const kept = this.#inbox.kept(id);
      if (kept === undefined) open.push(id);
      else told(kept);
    }
    const collected = this.#inbox.collect(open, told, signal);
    for (const id of open) this.#lookFor(id);
    await collected;
  }

  close(reason: Error): void {
    this.#hub.connection.callers.delete(this.#address);
    clearTimeout(this.#again);
    this.#inbox.fail(this.#inbox.waiting, reason);
  }

  /** Asks the store, unless it is sure that this process will be told. */
  #lookFor(id: string): void {
    const isSure = this.#inbox.isExpected(id) && this.#subscriber.isLive(this.#address);
    if (!isSure && this.#fresh.push(id) === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const ids = [...new Set(this.#fresh)].filter((id) => this.#inbox.isWaitedFor(id));
    this.#fresh = [];
    this.#ask(ids);
  }

  #ask(ids: readonly string[]): void {
    if (ids.length === 0 || this.#hub.closing.aborted) return;
    this.#lookUp(ids).catch((error: unknown) => this.#onFailure(ids, error));
  }

  /** A server that takes nothing now may have the results later. */
  #onFailure(ids: readonly string[], error: unknown): void {
    const mayPass = error instanceof TransportError && error.retriable && !this.#hub.closing.aborted;
    if (!mayPass) return this.#inbox.fail(ids, error);
    for (const id of ids) this.#refused.add(id);
    this.#again ??= setTimeout(() => this.#askAgain(), REFUSED_MS).unref();
  }

  #askAgain(): void {
    const ids = [...this.#refused].filter((id) => this.#inbox.isWaitedFor(id));
    this.#again = undefined;
    this.#refused.clear();
    this.#ask(ids);
  }

  async #lookUp(ids: readonly string[]): Promise<void> {
    await this.#subscriber.listen(this.#address, this.#listener);
    for (const record of await this.#store.attend(ids, this.#address)) this.#inbox.serve(record);
  }

  #onMessage(bytes: Buffer): void {
    const untold: string[] = [];
    for (const { id, record } of unpackNotices(bytes)) {
      if (record !== undefined) this.#inbox.serve(record);
      else untold.push(id);
    }
    if (untold.length > 0) this.#ask(untold);
  }

  #onResumed(): void {
    this.#inbox.expectNothing();
    this.#ask(this.#inbox.waiting);
  }
}
