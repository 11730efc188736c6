import { createApp } from "@taskgen/core";
import { internalsOf, type LinkStatus, type Side } from "@taskgen/core/internal";
import { describe, expect, it, onTestFinished } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RedisServer } from "../support/redis-server.js";
import { TcpProxy } from "../support/tcp-proxy.js";
import { within } from "../support/within.js";
import { CancelScene, expectRevoked } from "./cancel-scene.js";

/** Resolves when one side of the scene's connections gets there. */
const gets = (at: CancelScene, side: Side, status: LinkStatus): Promise<void> =>
  within(
    `${side} ${status}`,
    new Promise((resolve) => {
      const off = internalsOf(at.scene.app).state.onChange((changed, state) => {
        if (changed !== side || state.status !== status) return;
        off();
        resolve();
      });
    }),
  );

describe("a worker that was cut off while tasks were revoked", () => {
  expectNothingLeftRunning();

  it("stops them when it is connected again", async () => {
    const server = await RedisServer.start();
    const proxy = await TcpProxy.start(server);
    const at = await CancelScene.open({
      name: "redis",
      broker: async () => `redis://127.0.0.1:${proxy.port}`,
      pool: "threads",
    });
    const elsewhere = createApp({ broker: server.url, prefix: at.where.prefix });
    onTestFinished(() => elsewhere.close());
    await at.worker({ concurrency: 2 });
    const runs = await at.begun("cooperative", "it");
    await at.begun("wait", "busy");
    const waits = await elsewhere.sendUnchecked("touch", [at.path("touch")]);
    const down = gets(at, "broker", "down");
    proxy.blackhole();
    proxy.cut();
    await down;
    await elsewhere.revoke([runs.id, waits.id]);
    await expectRevoked(waits);
    proxy.heal();
    expect(await at.abortOf("it")).toBe("TASK_REVOKED");
    await expectRevoked(runs);
    await at.letGo("busy");
    await at.works();
    expect(at.runs("touch")).toBe(0);
  });
});
