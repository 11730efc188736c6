import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createTestWorker } from "@taskgen/worker/testing";
import { tasks } from "./_generated/client.js";
import { registry } from "./_generated/registry.js";
import { FlakyServer } from "./flaky-server.js";

let server: FlakyServer;
before(async () => void (server = await FlakyServer.start()));
after(() => server.stop());

void test("a page that fails twice is fetched four seconds later", async (t) => {
  const worker = await createTestWorker({ registry });
  t.after(() => worker.stop());
  const call = await tasks.fetchPatiently.delay(server.page(2));
  await worker.clock.advance("4s");
  assert.deepEqual(await worker.completed(call), { ok: true, state: "SUCCESS", value: "the page" });
});
