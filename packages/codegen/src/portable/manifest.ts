import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { GENERATED_BY } from "../emit/source.js";
import { readIfPresent } from "../write.js";

/** What a portable package is called. */
export interface PackageIdentity {
  /** @default the project's name with `-contract` */
  readonly name?: string;
  /** @default the project's version */
  readonly version?: string;
}

/** The text of the `package.json` of a portable package. Its one dependency is @taskgen/core, which the consumer has. */
export function manifestText(cwd: string, identity: PackageIdentity): string {
  const project = parse(readIfPresent(join(cwd, "package.json")) ?? "{}");
  const { name = basename(cwd), version = "0.0.0", license } = project;
  const manifest = {
    name: identity.name ?? `${name}-contract`,
    version: identity.version ?? version,
    description: `The tasks of ${name}, to be called from elsewhere. ${GENERATED_BY}`,
    ...(license !== undefined && { license }),
    type: "module",
    sideEffects: false,
    files: ["index.d.ts", "index.js", "tasks.contract.json"],
    exports: {
      ".": { types: "./index.d.ts", default: "./index.js" },
      "./tasks.contract.json": "./tasks.contract.json",
      "./package.json": "./package.json",
    },
    peerDependencies: { "@taskgen/core": `^${coreVersion()}` },
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
}

/** The texts of a manifest; what cannot be read counts as absent, since npm itself complains of it. */
function parse(text: string): Manifest {
  try {
    const manifest = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const texts = Object.entries(manifest).filter(([, value]) => typeof value === "string" && value !== "");
    return Object.fromEntries(texts) as Manifest;
  } catch {
    return {};
  }
}

/** The version of core that this generator writes for. */
function coreVersion(): string {
  const path = createRequire(import.meta.url).resolve("@taskgen/core/package.json");
  return parse(readFileSync(path, "utf8")).version ?? "0.0.0";
}
