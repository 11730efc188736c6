import type { AnyApp, Stub } from "@taskgen/core";
import { stub } from "@taskgen/core/internal";

/** What the generated client holds. */
export interface Tasks {
  readonly add: Stub<[x: number, y: number], number>;
}

export const createTasks = (app: AnyApp): Tasks => ({ add: stub(app, "add") });
