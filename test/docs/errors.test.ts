import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

const sources = (): string[] =>
  readdirSync(join(root, "packages"), { recursive: true, encoding: "utf8" })
    .filter((path) => /^\w+[/\\]src[/\\].*\.ts$/.test(path))
    .map((path) => readFileSync(join(root, "packages", path), "utf8"));

/** The members of the unions that are named `…Code`, and the codes that tasks end with. */
function codes(): Set<string> {
  const unions = sources().flatMap((text) => text.match(/export type \w*Code =[^;]+;/g) ?? []);
  const given = sources().flatMap((text) => Array.from(text.matchAll(/code: "([A-Z_]+)"/g), ([, code]) => `"${code}"`));
  return new Set(
    [...unions, ...given].flatMap((text) => Array.from(text.matchAll(/"([A-Z][A-Z0-9_]+)"/g), ([, code]) => code!)),
  );
}

it("every error code has a paragraph in docs/errors.md", () => {
  const page = readFileSync(join(root, "docs", "errors.md"), "utf8");
  const all = codes();
  expect(all.size).toBeGreaterThan(40);
  expect([...all].filter((code) => !page.includes(`**${code}**`))).toEqual([]);
});
