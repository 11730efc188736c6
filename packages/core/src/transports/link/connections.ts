import type { ResultBackend } from "../../result-backend.js";
import type { Transport } from "../../transport.js";
import { urlsOf, type NamedUrls } from "../default-broker.js";
import { openResults, openTransport } from "../open.js";
import { serveLink } from "./host.js";
import { WORKER_URL, type LinkRequest } from "./opener.js";
import type { LinkPort } from "./port.js";

const CLOSE_MS = 1_000;

/** The worker's own connection; an app's internals fit. */
export interface OwnConnection {
  readonly options: { readonly prefix: string };
  readonly urls: NamedUrls;
  readonly connection: () => Promise<{ readonly transport: Transport; readonly results: ResultBackend }>;
}

export interface LinkHostOptions {
  readonly own?: OwnConnection | undefined;
  /** Gets what no call of a thread can report. */
  readonly onError: (error: Error) => void;
}

/** The connections that pool threads call through: the worker's own where it fits, otherwise one opened on demand and kept. */
export class LinkHost {
  readonly #options: LinkHostOptions;
  readonly #opened = new Map<string, Promise<Transport | ResultBackend>>();

  constructor(options: LinkHostOptions) {
    this.#options = options;
  }

  serve(port: LinkPort): void {
    serveLink(port, (request) => this.#resolve(request));
  }

  /** Closes what was opened on demand, within a second also where a broker does not answer. */
  async close(): Promise<void> {
    const opened = [...this.#opened.values()];
    this.#opened.clear();
    const deadline = AbortSignal.timeout(CLOSE_MS);
    const closed = Promise.allSettled(opened.map(async (opening) => (await opening).close(deadline)));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_MS)));
    await Promise.race([closed, late]);
    clearTimeout(timer);
  }

  async #resolve(request: LinkRequest): Promise<Transport | ResultBackend> {
    const { own } = this.#options;
    if (own !== undefined && isOwn(own, request)) return (await own.connection())[request.kind];
    const key = JSON.stringify([request.kind, new URL(request.url).href, request.prefix]);
    const known = this.#opened.get(key);
    if (known !== undefined) return known;
    const opening = this.#open(request);
    this.#opened.set(key, opening);
    opening.catch(() => this.#opened.delete(key));
    return opening;
  }

  async #open({ kind, url, prefix }: LinkRequest): Promise<Transport | ResultBackend> {
    const opened = kind === "transport" ? await openTransport(url, { prefix }) : await openResults(url, { prefix });
    await opened.start({ state: () => {}, error: this.#options.onError });
    return opened;
  }
}

function isOwn({ options, urls }: OwnConnection, { kind, url, prefix }: LinkRequest): boolean {
  if (url === WORKER_URL) return true;
  if (options.prefix !== prefix) return false;
  const { broker, backend } = urlsOf(urls);
  return new URL(kind === "transport" ? broker : backend).href === new URL(url).href;
}
