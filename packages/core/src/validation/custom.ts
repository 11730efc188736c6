import { z } from "zod";

/** A schema of a test; messages call it by its name. */
export const is = (expected: string, test: (value: unknown) => boolean): z.ZodType =>
  z.custom(test, { params: { expected } });
