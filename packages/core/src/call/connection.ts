import type { ResultBackend } from "../result-backend.js";
import type { Transport } from "../transport.js";

/** An app's started transport and result backend. */
export interface Connection {
  readonly transport: Transport;
  readonly results: ResultBackend;
}

/** Opens and starts both, or neither. */
export async function connect(
  open: { readonly transport: () => Promise<Transport>; readonly results: () => Promise<ResultBackend> },
  onError: (error: Error) => void,
): Promise<Connection> {
  const transport = await open.transport();
  const results = await open.results();
  const events = { state: () => {}, error: onError };
  try {
    await transport.start(events);
    await results.start(events);
    return { transport, results };
  } catch (error) {
    await Promise.allSettled([transport.close(AbortSignal.timeout(1_000)), results.close(AbortSignal.timeout(1_000))]);
    throw error;
  }
}
