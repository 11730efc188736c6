import { createApp, task } from "@taskgen/core";
import { createTestWorker } from "@taskgen/worker/testing";
import { expect, it, onTestFinished } from "vitest";
import { namespace } from "../support/namespace.js";

it("a test worker keeps no limits", async () => {
  const app = createApp({ broker: `memory:${namespace()}` });
  onTestFinished(() => app.close());
  let runs = 0;
  const mail = task({ rateLimit: "1/h", limit: { key: "0", rate: "1/d" } }, (_user: string) => void runs++);
  const worker = await createTestWorker({ app, tasks: { mail } });
  onTestFinished(() => worker.stop());
  for (let i = 0; i < 4; i++) await app.sendUnchecked("mail", ["u"]);
  await worker.idle();
  expect(runs).toBe(4);
});
