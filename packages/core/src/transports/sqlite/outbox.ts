import type { MessagePort } from "node:worker_threads";
import { isBatch, transferBatch, type Batch } from "./columns.js";
import type { Failure } from "./failure.js";
import { UNANSWERED, type Push, type Reply, type Report, type Request } from "./protocol.js";

/** Longer than a short task takes to and from another process, shorter than anybody notices. */
const SOON_MS = 3;

/** Collects what the thread has to tell, and posts it as one message. */
export class Outbox {
  readonly #port: MessagePort;
  #replies: Reply[] = [];
  #pushes: Push[] = [];
  #transfers: ArrayBuffer[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isHeld = false;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  reply(request: Request, value: unknown): void {
    if (request.id === UNANSWERED) return;
    if (isBatch(value)) transferBatch(value, this.#transfers);
    this.#replies.push({ id: request.id, value });
  }

  fail(id: number, failure: Failure): void {
    if (id === UNANSWERED) return;
    this.#replies.push({ id, failure });
  }

  push(push: Push, batch?: Batch): void {
    if (batch !== undefined) transferBatch(batch, this.#transfers);
    this.#pushes.push(push);
  }

  /** Posts something that is in no batch, after what was collected before. */
  tell(report: Report): void {
    this.flush();
    this.#port.postMessage(report);
  }

  /** Posts what is not merely an answer without a value. */
  flushNews(): void {
    if (this.#pushes.length > 0 || this.#replies.some((reply) => "failure" in reply || reply.value !== null))
      this.flush();
  }

  /** Holds an answer back for a moment, alone: what comes until then spares the main thread from waking up twice. */
  flushSoon(): void {
    if (this.#isHeld || this.#pushes.length > 0) return this.flush();
    this.#isHeld = true;
    if (this.#timer !== undefined) return void this.#timer.refresh();
    // n.b. left alone when it is not needed any more: to refresh one costs less than to make one
    this.#timer = setTimeout(() => this.#isHeld && this.flush(), SOON_MS).unref();
  }

  flush(): void {
    this.#isHeld = false;
    if (this.#replies.length === 0 && this.#pushes.length === 0) return;
    const report: Report = { kind: "batch", replies: this.#replies, pushes: this.#pushes };
    const transfers = this.#transfers;
    this.#replies = [];
    this.#pushes = [];
    this.#transfers = [];
    this.#port.postMessage(report, transfers);
  }
}
