import { milliseconds, type Duration } from "../duration.js";
import { timeoutSignal } from "../timer.js";
import type { Deadline } from "../transport.js";
import type { Connection } from "./connection.js";

/** What is closed of an app. */
export interface Closing {
  /** Resolves when no call is on its way. */
  readonly drained: () => Promise<void>;
  readonly connection: () => Promise<Connection> | undefined;
  /** Nothing is sent any more. */
  readonly end: () => void;
}

/** Sends what waits, then closes the connection, or gives up one that is not there yet. Loads when an app is closed. */
export async function closeApp({ drained, connection, end }: Closing, timeout: Duration = "5s"): Promise<void> {
  const deadline = timeoutSignal(milliseconds(timeout));
  await Promise.race([drained(), aborted(deadline)]);
  // n.b. one that opens only after the deadline is closed all the same
  const disconnected = connection()?.then(
    (opened) => disconnect(opened, deadline),
    () => {},
  );
  end();
  await Promise.race([disconnected, aborted(deadline)]);
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => (signal.aborted ? done() : signal.addEventListener("abort", () => done(), { once: true })));

/** Closes both; pending waits for results end first. */
async function disconnect({ transport, results }: Connection, deadline: Deadline): Promise<void> {
  await results.close(deadline);
  await transport.close(deadline);
}
