import { MessageChannel, Worker, type ResourceLimits } from "node:worker_threads";
import type { AbortCode } from "@taskgen/core";
import { pack, transferables } from "@taskgen/core/internal";
import { Child, type ChildEvents, type ChildOptions } from "./child.js";
import { headOf, type Entry } from "./entry.js";
import type { Job } from "./pool.js";
import type { FromChild, Order, ThreadData, ToChild } from "./protocol.js";
import { Board } from "./slots.js";

export interface ThreadOptions extends ChildOptions {
  readonly resourceLimits: ResourceLimits | undefined;
}

/** A child that is a thread: it claims jobs itself, in memory that is shared with it. */
export class PoolThread<J extends Job> extends Child<J> {
  readonly kind = "thread";
  readonly #worker: Worker;
  readonly #board = new Board();
  #pings = 0;
  #claimsSeen = 0;

  constructor(options: ThreadOptions, events: ChildEvents<J>) {
    super(options, events);
    this.#worker = startWorker(options, this.#board);
    this.#worker.on("message", (message: FromChild) => this.receive(message));
    this.#worker.on(
      "error",
      (error: unknown) => (this.error = error instanceof Error ? error : new Error(String(error))),
    );
    this.#worker.on("exit", (code) => this.leave(this.error ?? new Error(`it exited with code ${code}`)));
  }

  stalled(): boolean {
    const { claims } = this.#board;
    const stalled = claims === this.#claimsSeen;
    this.#claimsSeen = claims;
    return stalled;
  }

  post(entries: readonly Entry<J>[]): void {
    const { slots, ...placed } = this.assigned.place(entries);
    const args = pack(entries.map(({ job }) => job.args));
    this.#post({ kind: "jobs", ...placed, slots: slots.buffer, heads: entries.map(headOf), args }, transferables(args));
  }

  abort({ place }: Entry<J>, code: AbortCode, message: string): void {
    place!.slots.requestAbort(place!.index, code);
    this.#post({ kind: "abort", key: place!.key, code, message });
  }

  ping(): () => boolean {
    const ping = ++this.#pings;
    this.#post({ kind: "ping", ping });
    return () => this.#board.pong >= ping;
  }

  protected order(order: Order): void {
    this.#post(order);
  }

  protected async kill(): Promise<void> {
    await this.#worker.terminate();
  }

  protected abandon(): void {
    this.#worker.unref();
  }

  #post(message: ToChild, transfer: readonly ArrayBuffer[] = []): void {
    this.events.posted();
    this.#worker.postMessage(message, transfer);
  }
}

function startWorker({ serveLink, resourceLimits, ...data }: ThreadOptions, board: Board): Worker {
  const link = new MessageChannel();
  const workerData: ThreadData = { ...data, board: board.buffer, link: link.port2 };
  const limits = resourceLimits === undefined ? {} : { resourceLimits };
  const worker = new Worker(new URL("./thread-entry.js", import.meta.url), {
    workerData,
    transferList: [link.port2],
    ...limits,
  });
  serveLink(link.port1);
  return worker;
}
