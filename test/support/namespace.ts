import { randomBytes } from "node:crypto";

/** A name that nothing else has: for queues, prefixes and files of one test. */
export const namespace = (label = "t"): string => `${label}-${randomBytes(6).toString("hex")}`;
