import { createApp } from "@taskgen/core";
import { createWorker } from "@taskgen/worker";
import { expect, it, onTestFinished, vi } from "vitest";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { tempDir } from "../support/temp-dir.js";
import { fates, inject } from "./injecting.js";

expectNothingLeftRunning();

it.each(["inline", "threads", "processes"] as const)("each is a dead letter with its reason: %s", async (pool) => {
  vi.stubEnv("HISTORY", `${await tempDir()}/history.jsonl`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const app = createApp({ broker: `memory:${namespace()}` });
  const registry = new URL("fixtures/registry.js", import.meta.url).href;
  const worker = createWorker({ app, registry, pool, unknownTasks: { maxParks: 0 } });
  onTestFinished(async () => {
    await worker.stop();
    await app.close();
  });
  await worker.start();
  const injected = await inject(app);
  const { found, wanted } = await fates(app, injected);
  expect(found).toEqual(wanted);
  for (let i = 0; i < 10; i++) await app.sendUnchecked("pristine", []).get({ timeout: "60s" });
});
