import type { ResultBackend } from "../../result-backend.js";
import type { Transport } from "../../transport.js";

/** Stands for whatever the worker itself is connected to. */
export const WORKER_URL = "worker:";

/** Which connection: the seam, where it leads, and the service on it. */
export interface LinkRequest {
  readonly kind: "transport" | "results";
  readonly url: string;
  readonly prefix: string;
}

/** Opens connections in place of the transports of this thread. */
export interface LinkOpener {
  transport(request: Omit<LinkRequest, "kind">): Promise<Transport>;
  results(request: Omit<LinkRequest, "kind">): Promise<ResultBackend>;
}

let installed: LinkOpener | undefined;

/** The link of this thread to the one that owns the connections, if it has one. */
export const installedLink = (): LinkOpener | undefined => installed;

export function installOpener(opener: LinkOpener): void {
  installed = opener;
}
