import type { ResultBackend } from "../../result-backend.js";
import type { OpenOptions, Transport } from "../../transport.js";
import { RedisResults } from "./results.js";
import { RedisTransport } from "./transport.js";

/** A transport on a Redis: `redis://host`, `rediss://host`. @throws ConfigError `BROKER_URL_INVALID` */
export function openTransport(options: OpenOptions): Transport {
  return new RedisTransport(options);
}

/** Results on a Redis. @throws ConfigError `BROKER_URL_INVALID` */
export function openResults(options: OpenOptions): ResultBackend {
  return new RedisResults(options);
}
