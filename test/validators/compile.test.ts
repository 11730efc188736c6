import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BUILTINS, type TaskTypes } from "../../packages/codegen/dist/contract/type-model.js";
import { emitValidators } from "../../packages/codegen/dist/emit/validators.js";
import { anyCall } from "../support/arbitrary-types.js";
import { COMPILERS, compile } from "../support/compiler.js";
import { taskOf } from "../support/emitted-validators.js";
import { taskProject } from "../support/task-project.js";

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    // an old target without the types of Node or of browsers: generated code asks for neither
    ...{ target: "es2019", lib: ["es2023"], types: [], skipLibCheck: true, noEmit: true, declaration: true },
    ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
    ...{ noPropertyAccessFromIndexSignature: true, noImplicitReturns: true, noImplicitOverride: true },
    ...{ noUnusedLocals: true, noUnusedParameters: true, verbatimModuleSyntax: true, isolatedModules: true },
    ...{ isolatedDeclarations: true, erasableSyntaxOnly: true },
  },
  include: ["src"],
});

const RESOLUTIONS = {
  nodenext: ["--module", "nodenext"],
  bundler: ["--module", "esnext", "--moduleResolution", "bundler"],
};

/** Tasks of many shapes, the same in every run. */
function tasks(): Map<string, TaskTypes> {
  const calls = fc.sample(anyCall(), { numRuns: 150, seed: 7 });
  const builtins = BUILTINS.map((name) => ({ kind: "builtin", name }) as const);
  return new Map([
    ...calls.map(({ elements, types }, at): [string, TaskTypes] => [
      `sample.${at}`,
      { ...taskOf([], types), args: { kind: "tuple", elements } },
    ]),
    ["builtins", taskOf(builtins)],
    ["__proto__", taskOf([])],
    ["quoted \u2029 name", taskOf([{ kind: "literal", value: "*/ ` ${} \u2028" }])],
  ]);
}

describe.each(COMPILERS)("generated validators with %s", { timeout: 120_000 }, (compiler) => {
  it.each(Object.entries(RESOLUTIONS))("compile under %s and every strict flag", async (_, args) => {
    const project = await taskProject({
      "tsconfig.json": TSCONFIG,
      "src/validators.ts": emitValidators(tasks()),
      "src/none.ts": emitValidators(new Map()),
      "src/one.ts": emitValidators(new Map([["one", taskOf([])]])),
      "src/use.ts": `import { validators } from "./validators.js";\nexport const count: number | undefined = validators["builtins"]?.check([]).length;\n`,
    });
    expect(await compile(compiler, project.cwd, args)).toEqual([]);
  });
});
