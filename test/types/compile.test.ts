import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Compilation, compile, COMPILERS } from "./compilers.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { generateClients, here } from "./clients.js";

/** A finding, without its words, which differ between compilers. */
type Finding = Pick<Compilation["diagnostics"][number], "file" | "line" | "code">;

const PROJECTS = [
  { resolution: "nodenext", project: here("tsconfig.json") },
  { resolution: "bundler", project: here("tsconfig.bundler.json") },
];

const samples = readdirSync(here("fixtures/wrong")).map((name) => here(`fixtures/wrong/${name}`));
const tests = readdirSync(here("."))
  .filter((name) => name.endsWith(".test-d.ts"))
  .map(here);
const inSample = ({ file }: Finding): boolean => samples.includes(file);

/** What the comments at the ends of a sample's lines say: `// TS2345`. */
function expected(file: string): Finding[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.flatMap((text, i) => {
    const code = / \/\/ (TS\d+)$/.exec(text)?.[1];
    return code === undefined ? [] : [{ file, line: i + 1, code }];
  });
}

beforeAll(generateClients);
expectNothingLeftRunning();

describe.each(COMPILERS)("TypeScript $version", (compiler) => {
  it.for(PROJECTS)("types hold with $resolution resolution", { timeout: 120_000 }, async ({ project }, { signal }) => {
    const { diagnostics, files } = await compile(compiler, project, signal);
    const absolute = diagnostics.map((found) => ({ ...found, file: found.file && resolve(here("."), found.file) }));
    expect(absolute.filter((found) => !inSample(found))).toEqual([]);
    const findings = absolute.filter(inSample).map(({ file, line, code }) => ({ file, line, code }));
    expect(findings).toEqual(samples.flatMap(expected));
    expect(files).toEqual(expect.arrayContaining([...tests, ...samples]));
  });
});
