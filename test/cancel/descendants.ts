import { expect } from "vitest";
import { expectRevoked, type Subject } from "./cancel-scene.js";

/** The tasks that a revoked task has called. */
export const descendants = {
  own: {
    "children that wait": async (at) => {
      await at.worker({ concurrency: 1 });
      const calls = ["a", "b"].map((name) => ["touch", [at.path(name)]]);
      const call = await at.begun("parent", "parent", at.where, calls);
      await call.revoke({ children: true });
      expect(await at.abortOf("parent")).toBe("TASK_REVOKED");
      await at.discardedChildren(2, call.id);
      await at.works();
      expect([at.runs("a"), at.runs("b")]).toEqual([0, 0]);
    },

    "a child that its parent waits for": async (at) => {
      await at.worker({ concurrency: 1 });
      const call = await at.begun("joining", "parent", at.where, "cooperative", [at.path("child")]);
      await at.hasBegun("child");
      await call.revoke({ children: true });
      expect(await at.abortOf("child")).toBe("TASK_REVOKED");
      expect(await at.revoked(call.id)).toMatchObject({ terminated: false });
      await at.works();
    },

    "a parent that waits for its child, with terminate": async (at) => {
      await at.worker({ concurrency: 1, killGrace: "100ms" });
      const call = await at.begun("joining", "parent", at.where, "wait", [at.path("child")]);
      await at.hasBegun("child");
      await call.revoke({ terminate: true });
      expect(await at.revoked(call.id)).toMatchObject({ terminated: true });
      await at.letGo("child");
      await at.works();
    },
  },

  shared: {
    "children that run": async (at) => {
      await at.worker();
      const call = await at.begun("parent", "parent", at.where, [["cooperative", [at.path("child")]]]);
      await at.hasBegun("child");
      await call.revoke({ children: true });
      expect(await at.abortOf("parent")).toBe("TASK_REVOKED");
      expect(await at.abortOf("child")).toBe("TASK_REVOKED");
      await expectRevoked(call);
    },

    "children that run, with terminate": async (at) => {
      await at.worker({ killGrace: "100ms" });
      const call = await at.begun("parent", "parent", at.where, [["never", [at.path("child")]]]);
      await at.hasBegun("child");
      await call.revoke({ children: true, terminate: true });
      expect(await at.revokedTask("never")).toMatchObject({ terminated: true });
      await at.works();
      expect(at.runs("child")).toBe(1);
    },

    "children go on unless they are meant": async (at) => {
      await at.worker();
      const call = await at.begun("parent", "parent", at.where, [["wait", [at.path("child")]]]);
      await at.hasBegun("child");
      await call.revoke();
      expect(await at.abortOf("parent")).toBe("TASK_REVOKED");
      await at.letGo("child");
      await at.succeeded(await at.idOf("child"));
    },

    "children that are called later": async (at) => {
      await at.worker();
      const call = await at.begun("lateParent", "parent", at.where, [["touch", [at.path("child")]]]);
      await call.revoke({ children: true });
      await at.discardedChildren(1, call.id);
      await at.works();
      expect(at.runs("child")).toBe(0);
    },

    "grandchildren of one that is not the root": async (at) => {
      await at.worker();
      const leaf = ["parent", [at.path("leaf"), at.where, [["cooperative", [at.path("last")]]]]];
      const middle = ["parent", [at.path("middle"), at.where, [leaf]]];
      const root = await at.begun("parent", "root", at.where, [middle]);
      for (const name of ["middle", "leaf", "last"]) await at.hasBegun(name);
      await at.scene.app.revoke(await at.idOf("middle"), { children: true });
      for (const name of ["middle", "leaf", "last"]) expect(await at.abortOf(name)).toBe("TASK_REVOKED");
      expect(await root.ready()).toBe(false);
      await root.revoke();
      expect(await at.abortOf("root")).toBe("TASK_REVOKED");
    },
  },
} satisfies Subject;
