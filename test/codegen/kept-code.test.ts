import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { keepCode, requireKept } from "../../packages/codegen/dist/extract/compiler/kept-code.js";
import { runScript } from "../support/run-script.js";
import { tempDir } from "../support/temp-dir.js";

const KEPT_CODE = new URL("../../packages/codegen/dist/extract/compiler/kept-code.js", import.meta.url).href;

const MODULE = `
exports.double = (n) => n * 2;
exports.self = require("./" + require("node:path").basename(__filename)) === exports;
`;

/** A folder with a package, and a script that loads it and says what came of that. */
async function installed(text = MODULE): Promise<{ module: string; cache: string; script: string }> {
  const folder = await tempDir();
  const module = join(folder, "node_modules", "package", "main.js");
  const script = join(folder, "script.mjs");
  await mkdir(join(folder, "node_modules", "package"), { recursive: true });
  await writeFile(module, text);
  await writeFile(
    script,
    `import { keepCode, requireKept } from ${JSON.stringify(KEPT_CODE)};
     const loaded = requireKept(${JSON.stringify(module)});
     keepCode(process.argv[2] ?? "syntax");
     console.log(JSON.stringify([loaded.double(21), loaded.self]));`,
  );
  return { module, script, cache: join(folder, "node_modules", ".cache", "taskgen") };
}

describe("a module whose code is kept", () => {
  it("is the module that others get", async () => {
    const { module } = await installed();
    const loaded = requireKept(module) as { readonly double: (n: number) => number; readonly self: boolean };
    expect([loaded.double(2), loaded.self]).toEqual([4, true]);
    expect(createRequire(import.meta.url)(module)).toBe(loaded);
    keepCode("syntax");
  });

  it("is loaded from what was kept, which is written once for each stage", async () => {
    const { script, cache } = await installed();
    const stages = async (): Promise<string[]> => (await readdir(cache)).map((name) => name.replace(/^.*\./, ""));
    for (let run = 0; run < 2; run++) expect(await runScript(script)).toEqual([42, true]);
    expect(await stages()).toEqual(["syntax"]);
    expect(await runScript(script, ["types"])).toEqual([42, true]);
    expect((await stages()).toSorted()).toEqual(["syntax", "types"]);
    expect(await runScript(script)).toEqual([42, true]);
  });

  it("is another one when its text changes", async () => {
    const { script, module } = await installed();
    expect(await runScript(script)).toEqual([42, true]);
    await writeFile(module, MODULE.replace("n * 2", "n * 3"));
    expect(await runScript(script)).toEqual([63, true]);
  });

  it("is loaded as any other where what was kept is damaged, and where nothing can be kept", async () => {
    const { script, cache } = await installed();
    expect(await runScript(script)).toEqual([42, true]);
    const [name = ""] = await readdir(cache);
    const kept = await readFile(join(cache, name));
    await writeFile(join(cache, name), kept.fill(7, 100, 200));
    expect(await runScript(script)).toEqual([42, true]);
    await writeFile(join(cache, name), "");
    expect(await runScript(script)).toEqual([42, true]);
  });

  it("may have any text", async () => {
    const { script } = await installed(`${MODULE}\nexports.double = (n) => "grüße 🙂".length + n; // no line feed`);
    for (let run = 0; run < 2; run++) expect(await runScript(script)).toEqual([29, true]);
  });
});
