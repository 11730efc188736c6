import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { tempDir } from "./temp-dir.js";

const openssl = promisify(execFile);

/** PEM files of an authority and of what it signed; in a directory that is removed after the test. */
export interface Certificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];

/** A new authority, and a certificate of it for `host`. */
export async function certificates(host = "IP:127.0.0.1"): Promise<Certificates> {
  const directory = await tempDir();
  const file = (name: string): string => join(directory, name);
  const [ca, caKey, cert, key] = [file("ca.pem"), file("ca.key"), file("cert.pem"), file("cert.key")];
  const subject = (name: string): string[] => ["-subj", `/CN=${name}`];
  await openssl("openssl", ["req", "-x509", ...EC, ...subject("taskgen test authority"), "-keyout", caKey, "-out", ca]);
  const signed = ["-x509", "-CA", ca, "-CAkey", caKey, "-addext", `subjectAltName=${host}`];
  await openssl("openssl", ["req", ...signed, ...EC, ...subject("server"), "-keyout", key, "-out", cert]);
  return { ca, cert, key };
}
