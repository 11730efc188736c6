/**
 * Validators of arguments, derived from types. Only what imports this subpath holds zod.
 * @module
 */
import type { z } from "zod";
import type { Validator } from "./define/validator.js";
import { CompiledValidator } from "./validation/compiled-validator.js";

export type { Issue, Validator, Validators } from "./define/validator.js";
export { t, type Named } from "./validation/schemas.js";
export { z } from "zod";

/**
 * A validator of the list of arguments. Builds its schema, and compiles it, when it first checks something; never changes
 * what it checks, whatever the schema makes of it.
 *
 * It tells at most ten issues, and of a union those of the member that comes closest. Values with cycles are fine.
 *
 * @example
 * const add = validator(() => z.tuple([z.number(), z.number()]));
 * add.check([1, "2"]); // [{ path: [1], message: "expected number, received string" }]
 */
export const validator = (build: () => z.ZodType): Validator => new CompiledValidator(build);
