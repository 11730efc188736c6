import { ConfigError } from "../../errors.js";

/** The hosts that a URL names, each with its port where one is given: `a:5672`, `[::1]`. */
export function hostsOf({ hostname, port, searchParams }: URL): readonly string[] {
  const first = hostname.split(",").map((host) => (port === "" ? host : `${host}:${port}`));
  const more = searchParams.get("nodes")?.split(",") ?? [];
  return [...first, ...more].map((host) => {
    const trimmed = host.trim();
    if (/^(\[[^\]]+\]|[^:@/?#]*)(:\d{1,5})?$/.test(trimmed)) return trimmed;
    throw new ConfigError("BROKER_URL_INVALID", "a node is written as host:port");
  });
}

/** Which of some addresses to connect to: the one that served last; after a failure or a loss the next one. */
export class Addresses {
  readonly #all: readonly string[];
  #at = 0;

  constructor(all: readonly string[]) {
    this.#all = all;
  }

  get current(): string {
    return this.#all[this.#at]!;
  }

  /** One that served nobody, or serves nobody any more. */
  failed(address: string): void {
    if (address === this.current) this.#at = (this.#at + 1) % this.#all.length;
  }
}
