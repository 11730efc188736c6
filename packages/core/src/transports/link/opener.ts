import type { ResultBackend } from "../../result-backend.js";
import type { Transport } from "../../transport.js";

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

/** The URL of the worker's own connection, whatever the apps of its tasks are. */
export const OWN_URL = "taskgen:worker";

let installed: LinkOpener | undefined;

/** The link of this thread to the one that owns the connections, if it has one. */
export const installedLink = (): LinkOpener | undefined => installed;

/** In a child of a pool: the results of its worker. */
export const workerResults = (): Promise<ResultBackend> | undefined => installed?.results({ url: OWN_URL, prefix: "" });

export function installOpener(opener: LinkOpener): void {
  installed = opener;
}
