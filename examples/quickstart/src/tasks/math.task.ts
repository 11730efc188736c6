import { task } from "@taskgen/core";

/** Adds two numbers. */
export const add = task((x: number, y: number) => x + y);
