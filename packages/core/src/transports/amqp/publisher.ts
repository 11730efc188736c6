import type { ConfirmChannel } from "amqplib";
import { TransportError } from "../../errors.js";
import type { Deadline } from "../../transport.js";
import type { Bound } from "./bound.js";
import type { Connection } from "./connection.js";
import { asError, closedError, isNack, unavailable, unconfirmed } from "./failure.js";
import { Outbox, type Parcel } from "./outbox.js";
import type { Publication } from "./properties.js";
import { Refusals } from "./refusals.js";
import type { SizeLimit } from "./size-limit.js";
import { Silence } from "./silence.js";
import { StandingChannel } from "./standing-channel.js";
import { Window } from "./window.js";

/** `unroutable`: no queue took it, so it is gone. */
export type PublishOutcome = "confirmed" | "unroutable" | TransportError;

export interface PublisherOptions {
  readonly connection: Connection;
  readonly bound: Bound;
  readonly limit: SizeLimit;
  readonly report: (error: Error) => void;
  /** The channel was closed, perhaps because something that a message was published to is not there. */
  readonly gone?: () => void;
}

/** Publishes with confirms, a window of them at once. What is not on its way yet waits for a connection until its deadline. */
export class Publisher {
  readonly #connection: Connection;
  readonly #limit: SizeLimit;
  readonly #report: (error: Error) => void;
  readonly #channel: StandingChannel;
  readonly #outbox: Outbox;
  readonly #onTheirWay = new Window();
  readonly #silence: Silence;
  readonly #refusals = new Refusals();
  #release: (() => void) | undefined;
  #idle: (() => void)[] = [];
  #scheduled = false;
  /** Why the broker closed the channel. */
  #refusal: Error | undefined;
  #closed = false;

  constructor({ connection, bound, limit, report, gone = () => {} }: PublisherOptions) {
    this.#connection = connection;
    this.#limit = limit;
    this.#report = report;
    this.#outbox = new Outbox(bound, limit);
    this.#silence = new Silence({ connection, window: this.#onTheirWay, report });
    this.#channel = new StandingChannel({
      connection,
      kind: "confirm",
      setUp: (channel) => void channel.on("return", (message) => this.#onTheirWay.markReturned(message)),
      ready: () => {
        this.#refusal = undefined;
        this.#pump();
      },
      gone,
      refused: (reason) => this.#refused(reason),
      report,
    });
    connection.watch({ blocked: () => this.#pump() });
  }

  /** What became of each; never rejects. */
  publish(batch: readonly Publication[], deadline: Deadline): Promise<PublishOutcome[]> {
    if (this.#closed) return Promise.resolve(batch.map(() => closedError(this.#connection.location)));
    return new Promise((resolve) => {
      let parcels: readonly Parcel[] = [];
      const onDeadline = (): void => this.#expire(parcels);
      parcels = this.#outbox.add(batch, (outcomes) => {
        deadline.removeEventListener("abort", onDeadline);
        resolve(outcomes);
        this.#rest();
      });
      if (parcels.every(({ isSettled }) => isSettled)) return;
      this.#release ??= this.#connection.hold();
      if (deadline.aborted) onDeadline();
      else deadline.addEventListener("abort", onDeadline, { once: true });
      this.#pump();
      this.#rest();
    });
  }

  /** Takes nothing more. What is on its way may arrive until the deadline; what waits may leave while there is a connection. */
  async close(deadline: Deadline): Promise<void> {
    this.#closed = true;
    if (this.#isStuck) this.#endAll();
    if (this.#outbox.size > 0 || this.#onTheirWay.size > 0) {
      await new Promise<void>((resolve) => {
        this.#idle.push(resolve);
        if (deadline.aborted) resolve();
        else deadline.addEventListener("abort", () => resolve(), { once: true });
      });
    }
    this.#endAll();
    this.#silence.close();
    this.#channel.close();
  }

  get #isStuck(): boolean {
    const session = this.#connection.current;
    return session === undefined || session.isLost || session.blocked !== undefined;
  }

  #pump(): void {
    if (this.#outbox.size === 0 || this.#refusals.holdsBack(this.#onTheirWay.size)) return;
    const channel = this.#channel.current as ConfirmChannel | undefined;
    if (channel === undefined) return this.#openChannel();
    while (!this.#isStuck && !this.#onTheirWay.isFull) {
      const parcel = this.#outbox.take(this.#silence.gate);
      if (parcel === undefined) return;
      if (!this.#write(channel, parcel)) return;
    }
  }

  #openChannel(): void {
    this.#channel.open().then(
      () => this.#pump(),
      (error: unknown) => this.#cannotOpen(asError(error)),
    );
  }

  #cannotOpen(error: Error): void {
    if (!this.#closed && !this.#connection.isClosed) this.#report(error);
    const failure =
      error instanceof TransportError ? error : unavailable(error.message, { certain: true, cause: error });
    for (let parcel = this.#outbox.take(); parcel !== undefined; parcel = this.#outbox.take()) parcel.settle(failure);
  }

  /** False when the channel is gone; the message waits for the next one. */
  #write(channel: ConfirmChannel, parcel: Parcel): boolean {
    const { exchange, key, body, properties } = parcel.publication;
    const tooLarge = this.#limit.check(properties.messageId, body);
    if (tooLarge !== undefined) {
      parcel.settle(tooLarge);
      return true;
    }
    try {
      channel.publish(exchange, key, body, properties, (error: unknown) => this.#confirmed(parcel, error));
    } catch (error) {
      if (this.#channel.current === channel && asError(error).name !== "IllegalOperationError") {
        parcel.settle(
          new TransportError("BROKER_ERROR", `the message cannot be written: ${asError(error).message}`, {
            certain: true,
            cause: error,
          }),
        );
        return true;
      }
      this.#outbox.putBack(parcel);
      return false;
    }
    this.#onTheirWay.add(parcel);
    this.#silence.watch();
    return true;
  }

  #confirmed(parcel: Parcel, error: unknown): void {
    this.#onTheirWay.delete(parcel);
    if (this.#silence.heard(parcel, error)) this.#schedule();
    if (error === null || error === undefined) parcel.settle(parcel.wasReturned ? "unroutable" : "confirmed");
    else this.#refusedOne(parcel, asError(error));
    if (this.#refusals.isDue(this.#onTheirWay.size)) this.#channel.restart();
    if (this.#outbox.size > 0 && this.#onTheirWay.isHalfFree) this.#schedule();
  }

  #refusedOne(parcel: Parcel, error: Error): void {
    if (isNack(error)) this.#refusals.note();
    parcel.settle(this.#failure(parcel, error));
  }

  #failure({ publication: { properties, body } }: Parcel, error: Error): TransportError {
    // n.b. the message for which the broker closed the channel went nowhere
    const tooLarge = this.#refusal && this.#limit.check(properties.messageId, body);
    return tooLarge ?? unconfirmed(this.#connection.location, this.#refusal ?? error);
  }

  /** The outcomes of what was on its way tell it. */
  #refused(reason: Error): void {
    this.#refusal = reason;
    this.#limit.learn(reason);
  }

  /** Writes on when half of the window is free, and after all that one confirm stands for: many at once cost less. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  #expire(parcels: readonly Parcel[]): void {
    const waiting = this.#outbox.remove(parcels);
    const reason =
      this.#connection.current?.blocked ??
      this.#connection.reason?.message.replace(/^\[\w+\] /, "") ??
      "it does not answer";
    const what = `${this.#connection.location} did not take the message in time: ${reason}`;
    for (const parcel of parcels) {
      const certain = waiting.has(parcel);
      parcel.settle(this.#silence.failureOf(parcel, certain) ?? unavailable(what, { certain }));
    }
  }

  #endAll(): void {
    for (let parcel = this.#outbox.take(); parcel !== undefined; parcel = this.#outbox.take()) {
      parcel.settle(closedError(this.#connection.location));
    }
    for (const parcel of this.#onTheirWay) parcel.settle(closedError(this.#connection.location, false));
    this.#rest();
  }

  #rest(): void {
    if (this.#outbox.openParcels > 0) return;
    this.#release?.();
    this.#release = undefined;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
