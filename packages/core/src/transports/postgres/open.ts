import { ConfigError } from "../../errors.js";
import type { ResultBackend } from "../../result-backend.js";
import type { OpenOptions, Transport } from "../../transport.js";
import { PostgresResults } from "./results.js";

/** @throws ConfigError `BROKER_URL_INVALID`: a Postgres moves no messages. */
export function openTransport(_: OpenOptions): Transport {
  throw new ConfigError(
    "BROKER_URL_INVALID",
    "postgres: stores results only, it is no broker; set it as the backend (TASKGEN_RESULT_BACKEND) beside a broker such as redis: or amqp:",
  );
}

/** Results in a Postgres: `postgres://host/database`. @throws ConfigError `BROKER_URL_INVALID`, `OPTION_INVALID` */
export function openResults(options: OpenOptions): ResultBackend {
  return new PostgresResults(options);
}
