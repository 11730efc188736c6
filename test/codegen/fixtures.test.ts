import { readdirSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { formatDiagnostics, type GenerateResult } from "@taskgen/codegen";
import { describe, expect, it } from "vitest";
import { taskProject } from "../support/task-project.js";

const FIXTURES = new URL("./fixtures/", import.meta.url);

/** What a run gives, by the name of the file that holds what is expected of it. */
function outputsOf({ files, diagnostics }: GenerateResult): Map<string, string> {
  const generated = files.map(({ path, text }): [string, string] => [path.replace(/^.*\//, ""), text]);
  const findings =
    diagnostics.length === 0 ? [] : [["diagnostics.txt", `${formatDiagnostics(diagnostics, "pretty")}\n`] as const];
  return new Map([...generated, ...findings]);
}

describe("a project of a fixture", () => {
  it.each(readdirSync(FIXTURES).toSorted())("%s: gives the expected files and diagnostics", async (name) => {
    const fixture = new URL(`${name}/`, FIXTURES);
    const project = await taskProject(new URL("project/", fixture));
    const outputs = outputsOf(await project.generate());
    for (const [file, text] of outputs) {
      await expect(text).toMatchFileSnapshot(fileURLToPath(new URL(`expected/${file}`, fixture)));
    }
    expect(await readdir(new URL("expected/", fixture))).toEqual([...outputs.keys()].toSorted());
  });
});
