import type { AnyApp, Stub } from "@taskgen/core";
import { stub } from "@taskgen/core/internal";

/** What the generated client holds. */
export interface ScaleTasks {
  readonly add: Stub<[x: number, y: number], number>;
  readonly echo: Stub<[value: unknown], unknown>;
  readonly due: Stub<[at: number], number>;
  readonly nap: Stub<[ms: number], void>;
  readonly flaky: Stub<[failures: number], number[]>;
  readonly burn: Stub<[turns: number], number>;
}

export const createScaleTasks = (app: AnyApp): ScaleTasks => ({
  add: stub(app, "add"),
  echo: stub(app, "echo"),
  due: stub(app, "due"),
  nap: stub(app, "nap"),
  flaky: stub(app, "flaky"),
  burn: stub(app, "burn"),
});
