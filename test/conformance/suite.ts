import { describe, test } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import type { Implementation } from "./implementation.js";
import { Scene } from "./scene.js";

/** The cases of one subject by their names. */
export type Cases = Readonly<Record<string, (scene: Scene) => Promise<void>>>;

/** Registers all cases as tests of `implementation`, each in a scene of its own. */
export function suite(title: string, implementation: Implementation, subjects: Readonly<Record<string, Cases>>): void {
  const { name, skip = {} } = implementation;
  describe(`${title}: ${name}`, () => {
    expectNothingLeftRunning();
    for (const [subject, cases] of Object.entries(subjects)) {
      describe(subject, () => {
        for (const [what, run] of Object.entries(cases)) {
          if (Object.hasOwn(skip, what)) test.skip(`${what} (${skip[what]})`);
          else test(what, async () => run(await Scene.set(implementation)));
        }
      });
    }
  });
}
