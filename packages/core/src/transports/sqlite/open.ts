import type { ResultBackend } from "../../result-backend.js";
import type { OpenOptions, Transport } from "../../transport.js";
import { SqliteResults } from "./results.js";
import { SqliteTransport } from "./transport.js";

/** A transport in a file: `sqlite:./path.db`. @throws ConfigError `BROKER_URL_INVALID` */
export function openTransport(options: OpenOptions): Transport {
  return new SqliteTransport(options);
}

/** Results in a file. @throws ConfigError `BROKER_URL_INVALID` */
export function openResults(options: OpenOptions): ResultBackend {
  return new SqliteResults(options);
}
