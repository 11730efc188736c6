import { execFileSync } from "node:child_process";
import { chmod, chown } from "node:fs/promises";
import { dirname } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { record } from "../conformance/results/records.js";
import { certificates } from "../support/certificates.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { PostgresServer } from "../support/postgres-server.js";
import { within } from "../support/within.js";
import { open, prepare } from "./opening.js";

/** A server that speaks TLS, whose certificate names the host that is given. The URL to it, with an sslmode. */
async function server(host: string): Promise<{ readonly url: (mode: string) => string; readonly ca: string }> {
  const { ca, cert, key } = await certificates(host);
  await chmod(dirname(key), 0o755);
  // n.b. as root the server runs as another user, who may read a key of its group
  if (process.getuid?.() === 0)
    await chown(key, 0, Number(execFileSync("id", ["-g", "postgres"], { encoding: "utf8" })));
  await chmod(key, process.getuid?.() === 0 ? 0o640 : 0o600);
  const settings = { ssl: "on", ssl_cert_file: cert, ssl_key_file: key };
  const postgres = await PostgresServer.start(settings);
  onTestFinished(() => postgres.remove());
  return { url: (mode) => `${postgres.url}?sslmode=${mode}`, ca };
}

describe("results in a Postgres through TLS", () => {
  expectNothingLeftRunning();

  it("verifies as much as sslmode says", async () => {
    const { url, ca } = await server("DNS:db.example.com");
    const trusting = (mode: string): string => `${url(mode)}&sslrootcert=${ca}`;
    for (const good of [url("require"), trusting("require"), trusting("verify-ca")]) {
      const { results } = await open(good);
      expect(await results.put([record(results, "one")])).toEqual(["stored"]);
    }
    for (const [bad, text] of [
      [url("verify-ca"), /self-signed certificate|unable to verify|unable to get/],
      [trusting("verify-full"), /altnames|alternative names/i],
    ] as const) {
      const { start } = await prepare(bad);
      const refused = within("the refusal", start());
      await expect(refused).rejects.toMatchObject({ code: "BROKER_ERROR", retriable: false });
      await expect(refused).rejects.toThrow(text);
    }
  });

  it("takes a certificate that names the host", async () => {
    const { url, ca } = await server("IP:127.0.0.1");
    const { results } = await open(`${url("verify-full")}&sslrootcert=${ca}`);
    expect(await results.put([record(results, "one")])).toEqual(["stored"]);
    const missing = await prepare(`${url("verify-full")}&sslrootcert=/nowhere.pem`);
    await expect(missing.start()).rejects.toMatchObject({ code: "BROKER_URL_INVALID" });
  });
});
