import type { ResultBackend, ResultRecord } from "../result-backend.js";
import { openSealer } from "../security/open-sealer.js";
import type { Sealer } from "../security/sealer.js";
import type { Transport } from "../transport.js";
import type { NamedUrls } from "../transports/default-broker.js";
import type { LinkState } from "./link-state.js";
import { openResults, openTransport } from "../transports/open.js";
import type { AppOptions, ResolvedOptions } from "./app-options.js";

/** An app's started transport and result backend. */
export interface Connection {
  readonly transport: Transport;
  readonly results: ResultBackend;
  /** Seals what goes over it, where the app has keys. */
  readonly sealer?: Sealer | undefined;
}

export interface ConnectOptions {
  readonly given: NamedUrls & Pick<AppOptions, "security">;
  readonly options: ResolvedOptions;
  readonly onError: (error: Error) => void;
  readonly state: LinkState;
  /** When it aborts, a start that still waits for its server ends. */
  readonly closing: AbortSignal;
}

/** How long parts that were opened in vain may take to close. */
const UNDO_MS = 1_000;

/** Opens and starts both, or neither; rejects with the reason of `closing` when that ended it. */
export async function connect({ closing, ...open }: ConnectOptions): Promise<Connection> {
  const opened: (Transport | ResultBackend)[] = [];
  const undo = (): Promise<unknown> =>
    Promise.allSettled(opened.map((part) => part.close(AbortSignal.timeout(UNDO_MS))));
  closing.addEventListener("abort", undo, { once: true });
  try {
    return await start(open, (part) => {
      opened.push(part);
      closing.throwIfAborted();
    });
  } catch (error) {
    await undo();
    throw closing.aborted ? closing.reason : error;
  } finally {
    closing.removeEventListener("abort", undo);
  }
}

async function start(
  { given, options, onError, state }: Omit<ConnectOptions, "closing">,
  opened: (part: Transport | ResultBackend) => void,
): Promise<Connection> {
  const sealer = await openSealer(given.security, options.prefix);
  const { broker, backend } = await urlsOf(given);
  const transport = await openTransport(broker, options);
  opened(transport);
  const seal = sealer && ((record: ResultRecord): ResultRecord => sealer.sealRecord(record));
  const results = await openResults(backend, { ...options, seal });
  opened(results);
  await transport.start(state.events("broker", onError));
  await results.start(state.events("backend", onError));
  return { transport, results, sealer };
}

async function urlsOf({ broker, backend }: NamedUrls): Promise<{ broker: string; backend: string }> {
  const { TASKGEN_BROKER_URL, TASKGEN_RESULT_BACKEND } = process.env;
  const found = broker ?? (TASKGEN_BROKER_URL || (await import("../transports/default-broker.js")).urlsOf({}).broker);
  return { broker: found, backend: backend ?? (TASKGEN_RESULT_BACKEND || found) };
}
