import { expect } from "vitest";
import { nextEvent } from "../engine/scene.js";
import { expectRevoked, type Subject } from "./cancel-scene.js";

const touches = Array.from({ length: 3 }, (_, i) => `touch-${i}`);

/** Tasks that have not begun when they are revoked. */
export const waiting = {
  own: {
    "in the queue, its worker busy": async (at) => {
      await at.worker({ concurrency: 1 });
      const busy = await at.begun("cooperative", "busy");
      const call = await at.call("touch", [at.path("touch")]);
      await at.scene.app.revoke([call.id, busy.id]);
      await expectRevoked(call);
      await at.discarded(call.id);
      expect(at.runs("touch")).toBe(0);
      await at.works();
    },

    "with no worker up, and then one starts": async (at) => {
      const call = await at.call("touch", [at.path("touch")]);
      await call.revoke();
      await expectRevoked(call);
      await at.worker();
      await at.discarded(call.id);
      await at.works();
      expect(at.runs("touch")).toBe(0);
    },

    "with no worker up: the wait ends": async (at) => {
      const call = await at.call("touch", [at.path("touch")]);
      const settled = expectRevoked(call);
      await call.revoke();
      await settled;
    },

    "before it is sent": async (at) => {
      const taskId = at.id;
      await at.scene.app.revoke(taskId);
      const call = await at.call("touch", [at.path("touch")], { taskId });
      await at.worker();
      await expectRevoked(call);
      await at.works();
      expect(at.runs("touch")).toBe(0);
    },

    "sent again": async (at) => {
      const taskId = at.id;
      const first = await at.call("touch", [at.path("touch")], { taskId });
      await first.revoke();
      await at.worker();
      await at.discarded(taskId);
      await first.forget();
      await expectRevoked(await at.call("touch", [at.path("touch")], { taskId }));
      expect(at.runs("touch")).toBe(0);
    },

    "for a worker that knows its task": async (at) => {
      const worker = await at.worker({ unknownTasks: { maxParks: 100, backoff: "100ms", backoffMax: "100ms" } });
      const parked = nextEvent(worker, "task-parked");
      const call = await at.call("nobody.knows", []);
      await parked;
      await call.revoke();
      await expectRevoked(call);
      await at.discarded(call.id);
    },

    "many in one call": async (at) => {
      await at.worker({ concurrency: 1 });
      const busy = await at.begun("cooperative", "busy");
      const paths = Array.from({ length: 300 }, (_, i) => `many-${i}`);
      const calls = await Promise.all(paths.map((name) => at.call("touch", [at.path(name)])));
      await at.scene.app.revoke([...calls.map(({ id }) => id), busy.id]);
      for (const { id } of calls) await at.discarded(id);
      for (const call of calls) await expectRevoked(call);
      expect(paths.filter((name) => at.runs(name) > 0)).toEqual([]);
      await at.works();
    },
  },

  shared: {
    "in the pool of its worker": async (at) => {
      const worker = await at.worker();
      await at.begun("block", "block");
      const calls = [];
      for (const name of touches) {
        const taskId = `${name}-${at.id}`;
        const received = nextEvent(worker, "task-received", taskId);
        calls.push(await at.call("touch", [at.path(name)], { taskId }));
        await received;
      }
      await at.scene.app.revoke(calls.map(({ id }) => id));
      for (const { id } of calls) await at.discarded(id);
      await at.letGo("block");
      for (const call of calls) await expectRevoked(call);
      await at.works();
      expect(touches.map((name) => at.runs(name))).toEqual([0, 0, 0]);
    },

    "in the pool of its worker, acknowledged early": async (at) => {
      const worker = await at.worker();
      await at.begun("block", "block");
      const received = nextEvent(worker, "task-received", at.id);
      const call = await at.call("touchEarly", [at.path("touch")], { taskId: at.id });
      await received;
      await call.revoke();
      await at.discarded(call.id);
      await at.letGo("block");
      await expectRevoked(call);
      await at.works();
      expect(at.runs("touch")).toBe(0);
    },

    delayed: async (at) => {
      await at.worker();
      const revokeHeard = await at.listener();
      const call = await at.call("touch", [at.path("touch")], { countdown: "2s" });
      await revokeHeard([call.id]);
      await expectRevoked(call);
      await at.discarded(call.id);
      expect(at.runs("touch")).toBe(0);
    },

    "for a retry": async (at) => {
      const worker = await at.worker();
      const revokeHeard = await at.listener();
      const retried = nextEvent(worker, "task-retried");
      const call = await at.begun("again", "again", "2s");
      await retried;
      await revokeHeard([call.id]);
      await expectRevoked(call);
      await at.discarded(call.id);
      expect(at.runs("again")).toBe(1);
    },
  },
} satisfies Subject;
