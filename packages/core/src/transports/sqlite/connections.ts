import type { Deadline } from "../../transport.js";
import { Connection } from "./connection.js";
import type { Location } from "./location.js";

interface Shared {
  readonly connection: Connection;
  users: number;
}

const connections = new Map<string, Shared>();

/** A share in a connection. */
export interface ConnectionShare {
  readonly connection: Connection;
  /** Once; the last one closes the connection. */
  release(deadline: Deadline): Promise<void>;
}

/** The connection of this process to a database. */
export function shareConnection(location: Location): ConnectionShare {
  const key = JSON.stringify([location.path, location.durability, location.maxBytes]);
  const shared = connections.get(key) ?? { connection: new Connection(location), users: 0 };
  shared.users++;
  connections.set(key, shared);
  return {
    connection: shared.connection,
    release: async (deadline) => {
      if (--shared.users > 0) return;
      connections.delete(key);
      await shared.connection.close(deadline);
    },
  };
}
