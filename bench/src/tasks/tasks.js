import { task } from "@taskgen/core";

/** The no-op that everything here runs. */
export const add = task((x, y) => x + y);
