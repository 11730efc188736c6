import type { OpenOptions } from "../../transport.js";
import { Connection } from "./connection.js";
import { parsePlace } from "./place.js";

interface Shared {
  readonly connection: Connection;
  users: number;
}

const connections = new Map<string, Shared>();

/** A share in a connection; `release` once. The last one closes it. */
export interface ConnectionShare {
  readonly connection: Connection;
  release(): void;
}

/** The connection of this process to a Redis: one for all that open the same URL. @throws ConfigError `BROKER_URL_INVALID` */
export function shareConnection({ url, heartbeatMs }: OpenOptions): ConnectionShare {
  const key = JSON.stringify([url.href, heartbeatMs]);
  const shared = connections.get(key) ?? { connection: new Connection(parsePlace(url), heartbeatMs), users: 0 };
  shared.users++;
  connections.set(key, shared);
  return {
    connection: shared.connection,
    release: () => {
      if (--shared.users > 0) return;
      connections.delete(key);
      shared.connection.close();
    },
  };
}
