import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A certificate and its key, as paths of PEM files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Certificate authorities and what they sign, made with openssl in a folder of their own. */
export class Certificates {
  readonly #dir: string;

  private constructor(dir: string) {
    this.#dir = dir;
  }

  static async create(): Promise<Certificates> {
    return new Certificates(await mkdtemp(join(tmpdir(), "taskgen-certificates-")));
  }

  path(name: string): string {
    return join(this.#dir, name);
  }

  async authority(name: string): Promise<Certificate> {
    const made = this.#files(name);
    await this.#openssl("req", "-x509", "-days", "2", "-subj", `/CN=${name}`, ...newKey(made));
    return made;
  }

  /** Signs a certificate for some names, such as `DNS:localhost` or `IP:127.0.0.1`. */
  async signed(by: Certificate, name: string, altNames: readonly string[]): Promise<Certificate> {
    const made = this.#files(name);
    const [request, extensions] = [this.path(`${name}.csr`), this.path(`${name}.ext`)];
    await writeFile(extensions, `subjectAltName = ${altNames.join(", ")}\n`);
    await this.#openssl("req", "-new", "-subj", `/CN=${name}`, ...newKey({ ...made, cert: request }));
    const authority = ["-CA", by.cert, "-CAkey", by.key, "-CAcreateserial"];
    await this.#openssl(
      "x509",
      "-req",
      "-in",
      request,
      ...authority,
      "-days",
      "2",
      "-extfile",
      extensions,
      "-out",
      made.cert,
    );
    return made;
  }

  remove(): Promise<void> {
    return rm(this.#dir, { recursive: true, force: true });
  }

  #files(name: string): Certificate {
    return { cert: this.path(`${name}.pem`), key: this.path(`${name}-key.pem`) };
  }

  async #openssl(...args: readonly string[]): Promise<void> {
    await run("openssl", args, { timeout: 20_000 });
  }
}

const newKey = ({ cert, key }: Certificate): string[] => [
  "-newkey",
  "rsa:2048",
  "-nodes",
  "-keyout",
  key,
  "-out",
  cert,
];

/** Lines of a `rabbitmq.conf` for a TLS listener. */
export const tlsConfig = (port: number, authority: Certificate, server: Certificate): string[] => [
  `listeners.ssl.1 = 127.0.0.1:${port}`,
  `ssl_options.cacertfile = ${authority.cert}`,
  `ssl_options.certfile = ${server.cert}`,
  `ssl_options.keyfile = ${server.key}`,
];
