import { transformSync } from "esbuild";
import * as runtime from "@taskgen/core/validators";
import type { Validator, Validators } from "@taskgen/core/validators";
import type { TaskTypes, TypeModel } from "../../packages/codegen/dist/contract/type-model.js";
import { emitValidators } from "../../packages/codegen/dist/emit/validators.js";

/** A task whose parameters are of the given types, and whose types have the given names. */
export const taskOf = (args: readonly TypeModel[], types: Readonly<Record<string, TypeModel>> = {}): TaskTypes => ({
  args: { kind: "tuple", elements: args.map((type) => ({ type })) },
  result: { kind: "undefined" },
  errors: {},
  types,
});

/** The validators of a generated text, as its import gives them. */
export function loadValidators(text: string): Validators {
  const { code } = transformSync(text, { loader: "ts", format: "cjs" });
  const module: { exports: { validators?: Validators } } = { exports: {} };
  // oxlint-disable-next-line typescript/no-implied-eval -- what the generator wrote is what is under test
  new Function("module", "require", code)(module, () => runtime);
  return module.exports.validators!;
}

/** The generated validator of one task. */
export const validatorOf = (task: TaskTypes): Validator =>
  loadValidators(emitValidators(new Map([["task", task]])))["task"]!;
