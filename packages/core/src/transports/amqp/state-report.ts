import type { TransportEvents } from "../../transport.js";
import type { Connection } from "./connection.js";

type State = Parameters<TransportEvents["state"]>[0];

/** Tells the worst state of some connections whenever it changes. */
export class StateReport {
  readonly #states = new Map<Connection, { readonly state: State; readonly reason: string | undefined }>();
  #events: TransportEvents | undefined;
  #told: State | undefined;

  watch(connection: Connection): void {
    const note = (state: State, reason?: string): void => {
      this.#states.set(connection, { state, reason });
      this.#tell();
    };
    connection.watch({
      up: () => note("up"),
      down: (reason) => note("down", reason.message.replace(/^\[\w+\] /, "")),
      blocked: ({ blocked }) => (blocked === undefined ? note("up") : note("blocked", blocked)),
    });
  }

  start(events: TransportEvents): void {
    this.#events = events;
    this.#tell();
  }

  /** Says nothing more. */
  close(): void {
    this.#events = undefined;
  }

  readonly error = (error: Error): void => this.#events?.error(error);

  #tell(): void {
    const states = [...this.#states.values()];
    const worst =
      states.find(({ state }) => state === "down") ?? states.find(({ state }) => state === "blocked") ?? states[0];
    if (this.#events === undefined || worst === undefined || worst.state === this.#told) return;
    this.#told = worst.state;
    this.#events.state(worst.state, worst.reason);
  }
}
