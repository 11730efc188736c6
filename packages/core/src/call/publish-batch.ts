import { PublishError } from "../errors.js";
import type { Call } from "./call-message.js";

interface Waiting {
  readonly call: Call;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

type SendAll = (calls: readonly Call[]) => Promise<readonly (Call | PublishError)[]>;

/** Gathers the calls of a `delayMany` as they come out of the middleware; sends them when all are there, or none. */
export class PublishBatch {
  readonly #order: ReadonlyMap<string, number>;
  readonly #sendAll: SendAll;
  readonly #timer: NodeJS.Timeout;
  readonly #open: Set<string>;
  readonly #withheld = new WeakSet<Error>();
  #waiting: Waiting[] = [];
  #state: "open" | "sent" | "failed" = "open";

  /** Its calls come through within `timeoutMs`, or none is sent. */
  constructor(calls: readonly Call[], sendAll: SendAll, timeoutMs: number) {
    this.#order = new Map(calls.map(({ id }, i) => [id, i]));
    this.#open = new Set(this.#order.keys());
    this.#sendAll = sendAll;
    this.#timer = setTimeout(
      () => this.#fail(`not all calls came through the middleware within ${timeoutMs} ms`),
      timeoutMs,
    );
  }

  /** What is passed on from now on travels alone. */
  get isSent(): boolean {
    return this.#state === "sent";
  }

  /** A call came through; resolves when the broker has it. */
  add(call: Call): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ call, resolve, reject });
      this.#open.delete(call.id);
      if (this.#state === "failed") this.#fail("another call of the same list could not be");
      else this.#check();
    });
  }

  /** A call is over; when it did not come through, none is sent. */
  leave({ id }: Call): void {
    if (this.#open.delete(id)) this.#fail("another call of the same list could not be");
  }

  /** Whether a failure is only that of the others. */
  withheld(error: Error): boolean {
    return this.#withheld.has(error);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #check(): void {
    if (this.#open.size > 0 || this.#state !== "open") return;
    this.#state = "sent";
    const waiting = this.#waiting
      .splice(0)
      .toSorted((a, b) => this.#order.get(a.call.id)! - this.#order.get(b.call.id)!);
    this.#sendAll(waiting.map(({ call }) => call)).then(
      (ends) => waiting.forEach(({ resolve, reject }, i) => (ends[i] instanceof Error ? reject(ends[i]) : resolve())),
      (error: unknown) => waiting.forEach((one) => one.reject(this.#ownOf(one.call, error))),
    );
  }

  #fail(reason: string): void {
    this.#state = "failed";
    for (const { call, reject } of this.#waiting.splice(0)) reject(this.#withhold(call, reason));
  }

  /** One that cannot travel has an error of its own in the list. */
  #ownOf(call: Call, error: unknown): unknown {
    if (!(error instanceof AggregateError)) return error;
    const own = (error.errors as readonly PublishError[]).find(({ taskId }) => taskId === call.id);
    return own ?? this.#withhold(call, "another call of the same list could not be");
  }

  #withhold({ id, target }: Call, reason: string): PublishError {
    const message = `call of ${target.name} (${id}) was not sent: ${reason}`;
    const error = new PublishError("NOT_ENQUEUED", message, { taskId: id, taskName: target.name });
    this.#withheld.add(error);
    return error;
  }
}
