import type { Outline } from "./outline.js";

/** What a checker once found of a file, with which the types that are written in it can be read when it has changed. */
export interface Basis {
  readonly outline: Outline;
  /** The names that mean what the platform declares. */
  readonly platform: readonly string[];
}
