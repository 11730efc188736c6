import type { OpenOptions } from "../../transport.js";
import { Broker } from "./broker.js";

interface Shared {
  readonly broker: Broker;
  users: number;
}

const brokers = new Map<string, Shared>();

/** A share in a broker; `release` once when it is no longer used. */
export interface BrokerLease {
  readonly broker: Broker;
  readonly location: string;
  release(): void;
}

/** The broker of a URL and a prefix. It lives until its last user released it; the first one brings the clock. */
export function leaseBroker({ url, prefix, ambient }: OpenOptions): BrokerLease {
  const key = JSON.stringify([url.href, prefix]);
  const shared = brokers.get(key) ?? { broker: new Broker(ambient), users: 0 };
  shared.users++;
  brokers.set(key, shared);
  const release = (): void => {
    if (--shared.users > 0) return;
    brokers.delete(key);
    shared.broker.dispose();
  };
  return { broker: shared.broker, location: url.href, release };
}
