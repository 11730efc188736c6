import { inspect } from "node:util";
import { createId, openTransport } from "@taskgen/core/internal";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { consumeAndSettle } from "../conformance/inbox.js";
import { message, send, textsOf } from "../conformance/messages.js";
import { record, seen } from "../conformance/results/records.js";
import { close } from "../conformance/scene.js";
import { spawnChild } from "../support/child.js";
import { closedPort } from "../support/closed-port.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RabbitServer } from "../support/rabbitmq-server.js";
import { type Certificate, Certificates, tlsConfig } from "../support/rabbitmq-tls.js";
import { TcpProxy } from "../support/tcp-proxy.js";
import { within } from "../support/within.js";
import { Events, open } from "./opening.js";

interface Place {
  readonly server: RabbitServer;
  readonly port: number;
}

async function serve(authority: Certificate, own: Certificate, more: readonly string[] = []): Promise<Place> {
  const port = await closedPort();
  return { server: await RabbitServer.start([...tlsConfig(port, authority, own), ...more]), port };
}

const urlOf = (host: string, port: number, options: Readonly<Record<string, string>> = {}): string =>
  `amqps://guest:guest@${host}:${port}?${new URLSearchParams(options).toString()}`;

/** All that an error shows. */
const shown = (error: unknown): string => inspect(error, { depth: 10, showHidden: true });

describe("amqps", () => {
  let certificates: Certificates;
  let [authority, stranger, client]: Certificate[] = [];
  let place: Place;

  beforeAll(async () => {
    certificates = await Certificates.create();
    [authority, stranger] = [await certificates.authority("authority"), await certificates.authority("stranger")];
    client = await certificates.signed(authority, "client", ["DNS:client"]);
    const own = await certificates.signed(authority, "server", ["IP:127.0.0.1"]);
    place = await serve(authority, own);
  });

  afterAll(async () => {
    await place?.server.stop();
    await certificates?.remove();
  });

  describe("a server", () => {
    expectNothingLeftRunning();

    /** Fails to start within the time of a test, saying why. */
    async function refused(url: string): Promise<Error & { readonly code: string }> {
      const failure: unknown = await within("the refusal", open(url)).catch((error: unknown) => error);
      expect(shown(failure)).not.toMatch(/guest/);
      return failure as Error & { readonly code: string };
    }

    test("whose authority is named is trusted: tasks and results travel", async () => {
      const url = urlOf("127.0.0.1", place.port, { cacertfile: authority!.cert });
      const { transport, results, events } = await open(url);
      expect(transport.location).toBe(`amqps://127.0.0.1:${place.port}`);
      const { inbox } = await consumeAndSettle(transport, "q", 100);
      const large = "x".repeat(300_000);
      await send(transport, message("q", "small"), message("q", large));
      expect(textsOf(await inbox.arrived(2))).toEqual(["small", large]);
      const reply = record(results, "8", { id: createId() });
      await results.put([reply]);
      expect(seen(await within("the result", results.wait(reply.id)))).toBe("SUCCESS 8");
      expect(events.errors).toEqual([]);
    });

    test("is connected to again, its certificate verified each time", async () => {
      const proxy = await TcpProxy.start({ port: place.port });
      const { transport, events } = await open(urlOf("127.0.0.1", proxy.port, { cacertfile: authority!.cert }));
      const { inbox } = await consumeAndSettle(transport, "q", 5);
      proxy.reset();
      await events.when("coming up again", ({ states }) => states.filter((state) => state === "up").length > 1);
      await send(transport, message("q", "again"));
      expect(textsOf(await inbox.arrived(1))).toEqual(["again"]);
    });

    test("whose authority is another one is refused at once", async () => {
      for (const options of [{ cacertfile: stranger!.cert }, {}]) {
        const failure = await refused(urlOf("127.0.0.1", place.port, options));
        expect(failure).toMatchObject({ code: "BROKER_UNAVAILABLE", certain: true });
        expect(failure.message).toMatch(/certificate is not trusted.*\?cacertfile=/);
      }
    });

    test("is verified also where the environment switches that off", async () => {
      vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
      onTestFinished(() => void vi.unstubAllEnvs());
      const failure = await refused(urlOf("127.0.0.1", place.port));
      expect(failure).toMatchObject({ code: "BROKER_UNAVAILABLE", certain: true });
    });

    test("that has another name than its certificate is refused at once", async () => {
      const failure = await refused(urlOf("localhost", place.port, { cacertfile: authority!.cert }));
      expect(failure).toMatchObject({ code: "BROKER_UNAVAILABLE", certain: true });
      expect(failure.message).toMatch(/does not match certificate/);
    });

    test("that does not speak TLS there is refused at once", async () => {
      const failure = await refused(urlOf("127.0.0.1", place.server.port, { cacertfile: authority!.cert }));
      expect(failure).toMatchObject({ code: "BROKER_UNAVAILABLE", certain: true });
      expect(failure.message).toMatch(/does not speak TLS on this port/);
    });

    test("that waits for TLS is tried again, as one that starts just now, the reason told", async () => {
      const transport = await openTransport(`amqp://guest:guest@127.0.0.1:${place.port}`, { prefix: namespace("p") });
      onTestFinished(() => transport.close(AbortSignal.timeout(500)));
      const events = new Events();
      const starting = transport.start(events).catch((error: { readonly code: string }) => error.code);
      await events.when("being down", ({ states }) => states.includes("down"));
      expect(events.reasons[0]).toMatch(/closed the connection before it was open; a port for TLS needs amqps:/);
      await transport.close(AbortSignal.timeout(500));
      expect(await within("the end of the start", starting)).toBe("TRANSPORT_CLOSED");
    });

    test("that does not answer can be closed while it is connected to", async () => {
      const proxy = await TcpProxy.start({ port: place.port });
      proxy.blackhole();
      const url = urlOf("127.0.0.1", proxy.port, { cacertfile: authority!.cert });
      const transport = await openTransport(url, { prefix: namespace("p") });
      const starting = transport.start(new Events()).catch((error: { readonly code: string }) => error.code);
      await transport.close(AbortSignal.timeout(500));
      expect(await within("the end of the start", starting)).toBe("TRANSPORT_CLOSED");
    });

    test("does not keep a process alive that has nothing to do", async () => {
      const url = urlOf("127.0.0.1", place.port, { cacertfile: authority!.cert });
      const child = spawnChild(new URL("./fixtures/idle.ts", import.meta.url), { args: [url, namespace("p")] });
      expect(await within("the end of an idle process", child.exited)).toEqual({ code: 0, signal: null });
      expect(child.lines).toEqual([{ state: "SUCCESS" }]);
      expect(child.stderr).toBe("");
    });

    test("is not reached by files that are not there, or without encryption", async () => {
      const missing = await refused(urlOf("127.0.0.1", place.port, { cacertfile: certificates.path("missing.pem") }));
      expect(missing).toMatchObject({ code: "BROKER_URL_INVALID" });
      expect(missing.message).toMatch(/cacertfile cannot be read.*missing\.pem/);
      const plain = await refused(`amqp://127.0.0.1:${place.server.port}?cacertfile=${authority!.cert}`);
      expect(plain).toMatchObject({ code: "BROKER_URL_INVALID" });
    });
  });

  test("shows its own certificate to a server that asks for one", async () => {
    const own = await certificates.signed(authority!, "strict", ["IP:127.0.0.1"]);
    const strict = await serve(authority!, own, [
      "ssl_options.verify = verify_peer",
      "ssl_options.fail_if_no_peer_cert = true",
    ]);
    onTestFinished(() => strict.server.stop(), 30_000);
    const known = { cacertfile: authority!.cert, certfile: client!.cert, keyfile: client!.key };
    const opened = await open(urlOf("127.0.0.1", strict.port, known));
    await send(opened.transport, message("q", "sent"));
    await close(opened);
    const failure: unknown = await within(
      "the refusal",
      open(urlOf("127.0.0.1", strict.port, { cacertfile: authority!.cert })),
    ).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "BROKER_UNAVAILABLE", certain: true });
  });
});
