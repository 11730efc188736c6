import { type Info, info } from "./server-settings.js";
import type { Session } from "./session.js";

/** Clocks that are closer than that are taken for the same: on a busy machine an answer may take that long. */
const SAME_MS = 1_000;

/** What time it is for a server whose clock differs from this process's. */
export class ServerClock {
  #known: { readonly serverMs: number; readonly askedAt: number } | undefined;

  /** Asks it; one that does not tell is taken to agree. */
  async ask(session: Session): Promise<void> {
    const askedAt = performance.now();
    const serverMs = timeOf(await info(session, "server"));
    const isOther = serverMs !== undefined && Math.abs(serverMs - Date.now()) > SAME_MS;
    this.#known = isOther ? { serverMs, askedAt } : undefined;
  }

  /**
   * Epoch milliseconds, by what has passed since it was asked: a clock that is set meanwhile does not matter. Late by at most
   * as long as the answer took, never early. Undefined where the clocks agree.
   */
  get time(): number | undefined {
    return this.#known && this.#known.serverMs + performance.now() - this.#known.askedAt;
  }
}

function timeOf(server: Info): number | undefined {
  const microseconds = Number(server.get("server_time_usec") ?? NaN);
  return Number.isFinite(microseconds) ? microseconds / 1_000 : undefined;
}
