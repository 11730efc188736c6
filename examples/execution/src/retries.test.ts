import { createTestWorker } from "@taskgen/worker/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tasks } from "./_generated/client.js";
import { registry } from "./_generated/registry.js";
import { FlakyServer } from "./flaky-server.js";

let server: FlakyServer;
beforeAll(async () => void (server = await FlakyServer.start()));
afterAll(() => server.stop());

test("a page is fetched as soon as its server is well again", async () => {
  await using worker = await createTestWorker({ registry });
  const call = await tasks.fetchWithBackoff.delay(server.page(3));
  await worker.clock.advance("6s");
  expect(await call.status()).toBe("RETRY");
  await worker.clock.advance("1s");
  expect(await worker.completed(call)).toMatchObject({ ok: true, value: "the page" });
});

test("a page is given up after its last retry", async () => {
  await using worker = await createTestWorker({ registry, mode: "eager" });
  const call = await tasks.fetchOften.delay(server.page(100));
  expect(await worker.completed(call)).toMatchObject({ ok: false, error: { cause: { name: "HttpError" } } });
});
