import { createApp, type App, type AppOptions } from "@taskgen/core";
import { createWorker } from "@taskgen/worker";
import { describe, expect, it } from "vitest";
import { closedPort } from "../support/closed-port.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry } from "./fixtures/registry.js";

describe.each(["amqp", "redis"])("where no %s listens", (scheme) => {
  expectNothingLeftRunning();

  const newApp = async (): Promise<App> => createApp({ broker: `${scheme}://127.0.0.1:${await closedPort()}` });

  it("closing an app ends the calls that wait when its time is over", async () => {
    const app = await newApp();
    const call = app.sendUnchecked("add", [1, 1]);
    const refused = expect(call).rejects.toMatchObject({ code: "NOT_ENQUEUED", certain: true });
    const results = expect(call.get()).rejects.toMatchObject({ code: "NOT_ENQUEUED" });
    await within("the app's end", app.close({ timeout: "100ms" }));
    await within("the call's end", refused);
    await results;
  });

  it("closing an app that only connects ends that at once", async () => {
    const app = await newApp();
    const refused = expect(app.connect()).rejects.toThrow(/the app is closed/);
    await within("the app's end", app.close({ timeout: "60d" }));
    await within("the end of connecting", refused);
  });

  it("stopping a worker ends its start; its app can be closed", async () => {
    const app = await newApp();
    const worker = createWorker({ app, registry, pool: "threads", threads: 1 });
    const refused = expect(worker.start()).rejects.toThrow(/stopped/);
    expect(await within("the worker's end", worker.stop())).toEqual({ clean: true });
    await refused;
    await within("the app's end", app.close({ timeout: "60d" }));
  });

  it("closing the app ends the start of its worker", async () => {
    const app = await newApp();
    const worker = createWorker({ app, registry, pool: "threads", threads: 1 });
    const refused = expect(worker.start()).rejects.toThrow(/the app is closed/);
    await within("the app's end", app.close({ timeout: "60d" }));
    await within("the end of the start", refused);
    expect(await within("the worker's end", worker.stop())).toEqual({ clean: true });
  });
});

describe("a call that is not sent in time", () => {
  expectNothingLeftRunning();

  it("names what there was no connection to", async () => {
    const nowhere = `127.0.0.1:${await closedPort()}`;
    const file = `sqlite:${await tempDir()}/tasks.db`;
    const told = async (options: AppOptions): Promise<string> => {
      const app = createApp({ publishTimeout: "2s", ...options });
      const refused = await app.sendUnchecked("add", [1, 1]).then(
        () => "nothing",
        (error: Error) => error.message,
      );
      await app.close();
      return refused;
    };
    const where = `(redis://${nowhere}/0: connect ECONNREFUSED ${nowhere})`;
    expect(await told({ broker: `redis://${nowhere}` })).toContain(`the broker ${where} was not reached`);
    const [broker, backend] = [file, `redis://${nowhere}`];
    // n.b. until then the broker's file is to be open, also on a machine that is busy
    expect(await told({ broker, backend, publishTimeout: "8s" })).toContain(
      `the result backend ${where} was not reached`,
    );
  });
});
