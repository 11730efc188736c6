import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on a free port that answers the first requests for each path with 503. */
export class FlakyServer {
  readonly #server: Server;
  readonly #failures = new Map<string, number>();

  private constructor() {
    this.#server = createServer(({ url = "/" }, response) => {
      const left = this.#failures.get(url) ?? Number(url.slice(1));
      this.#failures.set(url, left - 1);
      response.writeHead(left > 0 ? 503 : 200).end(left > 0 ? "" : "the page");
    });
  }

  static async start(): Promise<FlakyServer> {
    const server = new FlakyServer();
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  /** A page that answers after so many failures; another `name` counts anew. */
  page(failures: number, name = ""): string {
    const { port } = this.#server.address() as AddressInfo;
    const path = `/${failures}${name && `?${name}`}`;
    this.#failures.set(path, failures);
    return `http://127.0.0.1:${port}${path}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
