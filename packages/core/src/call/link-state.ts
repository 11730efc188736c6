import type { TransportEvents } from "../transport.js";

/** `down` until the first connection is there. */
export type LinkStatus = "up" | "down" | "blocked";

/** How one side of a connection is. */
export interface SideState {
  readonly status: LinkStatus;
  /** Why it is not up, without credentials. */
  readonly reason: string | undefined;
  /** How often it came up again after it had been down. */
  readonly reconnects: number;
}

export type Side = "broker" | "backend";

const NOT_YET: SideState = { status: "down", reason: undefined, reconnects: 0 };

/** What an app knows of its two connections; made before they are. */
export class LinkState {
  readonly #sides: Record<Side, SideState> = { broker: NOT_YET, backend: NOT_YET };
  readonly #wasUp = new Set<Side>();
  readonly #listeners = new Set<(side: Side, state: SideState) => void>();

  of(side: Side): SideState {
    return this.#sides[side];
  }

  /** Calls `listener` after every change; returns what stops that. */
  onChange(listener: (side: Side, state: SideState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** What a transport or a result backend reports to. */
  events(side: Side, onError: (error: Error) => void): TransportEvents {
    return { state: (status, reason) => this.#note(side, status, reason), error: onError };
  }

  #note(side: Side, status: LinkStatus, reason: string | undefined): void {
    const before = this.#sides[side];
    if (before.status === status && before.reason === reason) return;
    const again = status === "up" && before.status === "down" && this.#wasUp.has(side);
    if (status === "up") this.#wasUp.add(side);
    this.#sides[side] = { status, reason, reconnects: before.reconnects + (again ? 1 : 0) };
    for (const listener of this.#listeners) listener(side, this.#sides[side]);
  }
}
