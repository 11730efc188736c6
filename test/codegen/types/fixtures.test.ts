import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatDiagnostics, type TypesRead } from "@taskgen/codegen";
import { describe, expect, it } from "vitest";
import { typedProject, typesOf } from "../../support/type-project.js";

const FIXTURES = new URL("./fixtures/", import.meta.url);

/** What a run gives, by the name of the file that holds what is expected of it. */
const outputsOf = ({ types, diagnostics }: TypesRead): Readonly<Record<string, string>> => ({
  ...(types.size > 0 && { "types.json": `${JSON.stringify(Object.fromEntries(types), undefined, 1)}\n` }),
  ...(diagnostics.length > 0 && { "diagnostics.txt": `${formatDiagnostics(diagnostics, "pretty")}\n` }),
});

describe("the types of a fixture", () => {
  it.each(readdirSync(FIXTURES).toSorted())("%s: gives the expected models and diagnostics", async (name) => {
    const fixture = new URL(`${name}/`, FIXTURES);
    const project = await typedProject(new URL("project/", fixture));
    const outputs = outputsOf(await typesOf(project, name === "registered" ? { registered: ["Money"] } : {}));
    for (const file of ["diagnostics.txt", "types.json"]) {
      const expected = new URL(`expected/${file}`, fixture);
      if (outputs[file] === undefined) expect(existsSync(expected)).toBe(false);
      else await expect(outputs[file]).toMatchFileSnapshot(fileURLToPath(expected));
    }
  });
});
