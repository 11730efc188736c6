import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { emitClient, type EmitOptions } from "../../packages/codegen/dist/emit/client.js";
import { emitContractClient } from "../../packages/codegen/dist/emit/contract-client.js";
import { verifyPrintedTypes } from "../../packages/codegen/dist/extract/verify/verify.js";
import { COMPILERS, compile } from "../support/compiler.js";
import { KINDS } from "./kinds.js";
import { ordersProject } from "./orders.js";
import { kindsProject } from "./portable-project.js";

const OPTIONS = { outDir: "src/_generated", app: undefined, extension: ".js" } as const satisfies EmitOptions;

const APP =
  'import { createApp, type App } from "@taskgen/core";\nexport const orders: App = createApp({ broker: "memory:" });\n';

const USE = `
import { tasks } from "./_generated/client.js";
export const sum: Promise<number> = tasks.add.delay(1, 2).get();
// @ts-expect-error the parameter is a number
export const wrong: unknown = tasks.add.delay("1", 2);
`;

/** The settings of a module whose one way to the tasks is the client. */
const CLIENT_TSCONFIG = JSON.stringify({
  compilerOptions: {
    ...{ target: "es2022", lib: ["es2022"], types: [], module: "nodenext", noEmit: true, skipLibCheck: true },
    ...{ strict: true, exactOptionalPropertyTypes: true, declaration: true, isolatedDeclarations: true },
    ...{ noUnusedLocals: true, verbatimModuleSyntax: true, isolatedModules: true, erasableSyntaxOnly: true },
  },
  files: ["src/use.ts"],
});

describe("a client with self-contained types", { timeout: 120_000 }, () => {
  it("has the stubs of the client whose types come from the sources", async () => {
    const { tasks, types } = await ordersProject();
    const contracts = new Map([["add", { hash: "0123456789abcdef", accepts: [] }]]);
    const text = emitContractClient(tasks, types, { ...OPTIONS, contracts });
    const path = fileURLToPath(new URL("fixtures/orders/client.ts", import.meta.url));
    await expect(text).toMatchFileSnapshot(path);
    const stubs = (client: string): string => client.slice(client.indexOf("export function createTasks"));
    expect(stubs(text)).toBe(stubs(emitClient(tasks, { ...OPTIONS, contracts })));
  });

  it("fits its sources", async () => {
    for (const { project, tasks, types } of [await ordersProject(), await kindsProject(KINDS)]) {
      const printed = emitContractClient(tasks, types, OPTIONS);
      const sourceClient = emitClient(tasks, OPTIONS);
      expect(
        verifyPrintedTypes({ cwd: project.cwd, outDir: OPTIONS.outDir, sourceClient, printed, tasks, types }),
      ).toEqual([]);
    }
  });

  it.each(COMPILERS)("compiles with %s, and reaches no task file", async (compiler) => {
    const { project, tasks, types } = await ordersProject();
    const app = { file: "src/app.ts", exportName: "orders" };
    await project.write({
      "tsconfig.json": CLIENT_TSCONFIG,
      "src/use.ts": USE,
      "src/app.ts": APP,
      "src/_generated/client.ts": emitContractClient(tasks, types, { ...OPTIONS, app }),
    });
    const lines = await compile(compiler, project.cwd, ["--listFiles"]);
    expect(lines.filter((line) => /error TS/.test(line))).toEqual([]);
    const own = lines.filter((line) => line.startsWith(project.cwd)).map((line) => line.slice(project.cwd.length + 1));
    expect(own.toSorted()).toEqual(["src/_generated/client.ts", "src/app.ts", "src/use.ts"]);
  });
});
