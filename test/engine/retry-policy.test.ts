import { createApp, TransportError, type App, type AppOptions, type CallOptions, type Stub } from "@taskgen/core";
import { stub } from "@taskgen/core/internal";
import { describe, expect, it, onTestFinished } from "vitest";
import { brokerUrl } from "../support/brokers.js";
import { closedPort } from "../support/closed-port.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { TcpProxy } from "../support/tcp-proxy.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";

type Outcome = { readonly code: string; readonly certain: boolean } | "sent";

const outcomeOf = (call: Promise<unknown>): Promise<Outcome> =>
  within(
    "the end of the call",
    call.then(
      () => "sent" as const,
      ({ code, certain }: { code: string; certain: boolean }) => ({ code, certain }),
    ),
    20_000,
  );

function open(options: AppOptions): App {
  const app = createApp({ prefix: namespace(), ...options });
  onTestFinished(() => app.close({ timeout: "100ms" }));
  return app;
}

interface Refusing {
  readonly app: App;
  /** How often it was tried. */
  readonly tries: () => number;
}

/** An app whose broker refuses sends: all of them, or so many. */
async function refusing(options: AppOptions = {}, times = Infinity): Promise<Refusing> {
  let tries = 0;
  const failpoint = (name: string): void => {
    if (name !== "send.before" || ++tries > times) return;
    throw new TransportError("BROKER_UNAVAILABLE", "injected", { certain: true });
  };
  return {
    app: open({ broker: `sqlite:${await tempDir()}/tasks.db`, ambient: { failpoint }, ...options }),
    tries: () => tries,
  };
}

const quick = { intervalStep: "1ms" } as const;

describe("a send that fails on a live connection", () => {
  expectNothingLeftRunning();

  const table: readonly (readonly [what: string, app: AppOptions, call: CallOptions, tries: number])[] = [
    ["is tried 4 times", { retryPolicy: quick }, {}, 4],
    ["is tried as often as the app says", { retryPolicy: { ...quick, maxRetries: 1 } }, {}, 2],
    ["is tried as often as the call says", { retryPolicy: quick }, { retryPolicy: { maxRetries: 2 } }, 3],
    ["keeps the app's intervals with the call's number", { retryPolicy: quick }, { retryPolicy: { maxRetries: 5 } }, 6],
    ["is tried once with retry: false", { retryPolicy: quick }, { retry: false }, 1],
    ["is tried once where the app says so", { retry: false }, {}, 1],
    ["is tried again where the call wants it", { retry: false, retryPolicy: quick }, { retry: true }, 4],
  ];
  for (const [what, options, call, expected] of table) {
    it(what, async () => {
      const { app, tries } = await refusing(options);
      expect(await outcomeOf(app.sendUnchecked("add", [1, 1], call))).toEqual({ code: "NOT_ENQUEUED", certain: true });
      expect(tries()).toBe(expected);
    });
  }

  it("is tried until it is taken when there is no limit, or its time is over", async () => {
    const retryPolicy = { maxRetries: null, intervalStep: "1ms", intervalMax: "1ms" } as const;
    const { app, tries } = await refusing({ retryPolicy }, 20);
    expect(await outcomeOf(app.sendUnchecked("add", [1, 1]))).toBe("sent");
    expect(tries()).toBe(21);
    const hopeless = await refusing({ retryPolicy, publishTimeout: "300ms" });
    const refused = { code: "NOT_ENQUEUED", certain: true };
    expect(await outcomeOf(hopeless.app.sendUnchecked("add", [1, 1]))).toEqual(refused);
  });

  it("follows the options of a stub, of many calls, and of calls by name alike", async () => {
    const { app, tries } = await refusing();
    const add = stub<Stub<[number, number], number>>(app, "add").with({ retry: false });
    await expect(add.delay(1, 1)).rejects.toMatchObject({ code: "NOT_ENQUEUED" });
    expect(tries()).toBe(1);
    await expect(add.delayMany([[1, 1], [2, 2]])).rejects.toBeInstanceOf(AggregateError); // prettier-ignore
    expect(tries()).toBe(2);
  });

  it("refuses a policy that is none, at the app and at the call", async () => {
    const wrong = { retryPolicy: { maxRetries: -1 } };
    expect(() => createApp(wrong)).toThrow(/maxRetries is -1/);
    const { app } = await refusing();
    await expect(app.sendUnchecked("add", [], wrong)).rejects.toMatchObject({ code: "OPTION_INVALID" });
  });
});

describe.each(["redis", "amqp"] as const)("a call to %s", (scheme) => {
  expectNothingLeftRunning();

  const throughProxy = async (): Promise<{ readonly broker: string; readonly proxy: TcpProxy }> => {
    const url = new URL(brokerUrl(scheme));
    const proxy = await TcpProxy.start({ host: url.hostname, port: Number(url.port) });
    url.port = `${proxy.port}`;
    return { broker: url.href, proxy };
  };

  it("with retry: false does not wait for a broker that is not there", async () => {
    const app = open({ broker: `${scheme}://127.0.0.1:${await closedPort()}`, publishTimeout: "1h" });
    const refused = { code: "NOT_ENQUEUED", certain: true };
    expect(await outcomeOf(app.sendUnchecked("add", [1, 1], { retry: false }))).toEqual(refused);
    expect(await outcomeOf(app.sendUnchecked("add", [1, 1], { retry: false }))).toEqual(refused);
  });

  it("with retry: false does not wait behind calls that do", async () => {
    const { broker, proxy } = await throughProxy();
    const app = open({ broker });
    expect(await outcomeOf(app.sendUnchecked("add", [1, 1]))).toBe("sent");
    await proxy.close();
    const patient = app.sendUnchecked("add", [1, 1]);
    const ended = expect(patient).rejects.toMatchObject({ code: expect.stringMatching(/ENQUEUE/) as string });
    const hasty = await outcomeOf(app.sendUnchecked("add", [1, 1], { retry: false }));
    expect(hasty).toMatchObject({ code: expect.stringMatching(/^(NOT_ENQUEUED|ENQUEUE_UNKNOWN)$/) as string });
    // by now it is known that the broker cannot be reached
    const refused = { code: "NOT_ENQUEUED", certain: true };
    expect(await outcomeOf(app.sendUnchecked("add", [1, 1], { retry: false }))).toEqual(refused);
    await app.close({ timeout: "100ms" });
    await ended;
  });

  it("ends at its own time-out when the broker falls silent", async () => {
    const { broker, proxy } = await throughProxy();
    const app = open({ broker });
    expect(await outcomeOf(app.sendUnchecked("add", [1, 1]))).toBe("sent");
    proxy.blackhole();
    const usual = app.sendUnchecked("add", [1, 1]);
    const ended = expect(usual).rejects.toMatchObject({ code: expect.stringMatching(/ENQUEUE/) as string });
    const own = await outcomeOf(app.sendUnchecked("add", [1, 1], { publishTimeout: "300ms" }));
    expect(own).toEqual({ code: "ENQUEUE_UNKNOWN", certain: false });
    await app.close({ timeout: "100ms" });
    await ended;
  });
});
