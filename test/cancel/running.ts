import { expect } from "vitest";
import { nextEvent } from "../engine/scene.js";
import { within } from "../support/within.js";
import { expectRevoked, type Subject, type CancelScene } from "./cancel-scene.js";

/** A task that runs is revoked, notices, ends, and does not run again. */
async function stops(at: CancelScene, task: string): Promise<void> {
  await at.worker();
  const call = await at.begun(task, "it");
  await call.revoke();
  expect(await at.abortOf("it")).toBe("TASK_REVOKED");
  expect(await at.revoked(call.id)).toMatchObject({ task, terminated: false, error: { code: "TASK_REVOKED" } });
  await expectRevoked(call);
  await at.works();
  expect(at.runs("it")).toBe(1);
}

/** A task that runs is ended by force. */
async function isEnded(at: CancelScene, task: string): Promise<void> {
  await at.worker({ killGrace: "100ms" });
  const call = await at.begun(task, "it");
  await call.revoke({ terminate: true });
  expect(await at.revoked(call.id)).toMatchObject({ task, terminated: true });
  await expectRevoked(call);
  await at.works();
  expect(at.runs("it")).toBe(1);
}

/** Tasks that run when they are revoked. */
export const running = {
  own: {
    "it runs on when its worker stops": async (at) => {
      const worker = await at.worker();
      const call = await at.begun("never", "it");
      await at.revokeHeard([call.id]);
      await within("the stop", worker.stop({ gracePeriod: "0ms" }));
      expect(await at.revoked(call.id)).toMatchObject({ terminated: false });
      await at.worker();
      await at.works();
      expect(at.runs("it")).toBe(1);
    },
  },

  shared: {
    "it fails with what its signal says": (at) => stops(at, "cooperative"),
    "acknowledged early": (at) => stops(at, "cooperativeEarly"),
    "a loop that asks at checkpoints": (at) => stops(at, "loop"),
    "it asks for a retry": (at) => stops(at, "retrying"),
    "its failures are retried": (at) => stops(at, "autoretrying"),
    "it brings down its thread": (at) => stops(at, "exiting"),
    "it never ends, with terminate": (at) => isEnded(at, "never"),
    "it blocks its thread, with terminate": (at) => isEnded(at, "forever"),
    "it returns all the same": async (at) => {
      const worker = await at.worker();
      const call = await at.begun("returning", "it");
      const succeeded = nextEvent(worker, "task-succeeded", call.id);
      await call.revoke();
      await succeeded;
      await expectRevoked(call);
      await at.works();
      await expectRevoked(call);
    },

    "first without terminate, then with it": async (at) => {
      await at.worker();
      const call = await at.begun("never", "it");
      await at.revokeHeard([call.id]);
      await call.revoke({ terminate: true });
      expect(await at.revoked(call.id)).toMatchObject({ terminated: true });
      await at.works();
    },

    "by another task": async (at) => {
      await at.worker();
      const call = await at.begun("cooperative", "it");
      await at.scene.app.sendUnchecked("revoker", [at.where, [call.id]]).get({ timeout: "60s" });
      expect(await at.abortOf("it")).toBe("TASK_REVOKED");
      await at.revoked(call.id);
      await expectRevoked(call);
    },

    "it has ended before": async (at) => {
      await at.worker();
      const call = await at.call("add", [1, 2]);
      expect(await call.get({ timeout: "60s" })).toBe(3);
      await call.revoke({ terminate: true, children: true });
      expect(await call.status()).toBe("SUCCESS");
      expect(await (await at.call("add", [1, 2])).get({ timeout: "60s" })).toBe(3);
    },
  },
} satisfies Subject;
