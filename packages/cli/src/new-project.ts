import { basename } from "node:path";

/** The texts of a new project's files, by path. */
export const FILES: Readonly<Record<string, string>> = {
  "tsconfig.json": `{
  "compilerOptions": {
    "target": "es2023",
    "module": "nodenext",
    "types": ["node"],
    "rootDir": "src",
    "outDir": "dist",
    "strict": true,
    "noUncheckedIndexedAccess": true,
    "verbatimModuleSyntax": true,
    "sourceMap": true,
    "skipLibCheck": true
  },
  "include": ["src"]
}
`,
  "src/tasks/math.task.ts": `import { task } from "@taskgen/core";

/** Adds two numbers. */
export const add = task((x: number, y: number) => x + y);
`,
  "src/main.ts": `import { tasks } from "./_generated/client.js";

// the worker of \`npx taskgen dev\` runs it; the result is a number to the compiler too
const sum = await tasks.add.delay(4, 4).get({ timeout: "30s" });
console.log(sum);
`,
};

/** What version control leaves out: packages, what tsc writes, and the default broker's file. */
export const IGNORED = ["node_modules/", "dist/", ".taskgen/"] as const;

type Entries = Readonly<Record<string, string>>;

/** The parts of a package.json that a project with tasks needs. */
export interface Manifest {
  readonly scripts: Entries;
  readonly dependencies: Entries;
  readonly devDependencies: Entries;
}

/** What a project with tasks needs, with taskgen's packages of this version. */
export const manifestOf = (version: string): Manifest => ({
  scripts: {
    dev: "taskgen dev",
    generate: "taskgen generate",
    build: "taskgen generate && tsc",
    worker: "taskgen worker",
    start: "tsx src/main.ts",
  },
  dependencies: { "@taskgen/core": `^${version}`, taskgen: `^${version}` },
  devDependencies: {
    "@taskgen/codegen": `^${version}`,
    "@types/node": "^20.19.0",
    tsx: "^4.20.0",
    typescript: "^7.0.2",
  },
});

/** The text of a package.json for a folder that has none. */
export const newManifest = (folder: string, version: string): string =>
  json({ name: packageName(folder), version: "0.0.0", private: true, type: "module", ...manifestOf(version) });

/**
 * A package.json with what it lacks; nothing that is there changes, nor how it is indented.
 * @throws SyntaxError when it is not JSON.
 */
export function completeManifest(text: string, version: string): string {
  const manifest = JSON.parse(text) as Partial<Manifest>;
  const { scripts, dependencies, devDependencies } = manifestOf(version);
  const known = { ...manifest.dependencies, ...manifest.devDependencies };
  const complete = {
    ...manifest,
    ...added("scripts", manifest.scripts, missing(scripts, manifest.scripts ?? {})),
    ...added("dependencies", manifest.dependencies, missing(dependencies, known)),
    ...added("devDependencies", manifest.devDependencies, missing(devDependencies, known)),
  };
  const isSame = JSON.stringify(complete) === JSON.stringify(manifest);
  return isSame ? text : json(complete, /^[ \t]+/m.exec(text)?.[0]);
}

function missing(wanted: Entries, present: Entries): Entries {
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => !Object.hasOwn(present, name)));
}

function added(section: keyof Manifest, present: Entries | undefined, more: Entries): Partial<Manifest> {
  return Object.keys(more).length === 0 ? {} : { [section]: { ...present, ...more } };
}

const json = (value: unknown, indent = "  "): string => `${JSON.stringify(value, undefined, indent)}\n`;

/** A folder's name as npm allows it. */
function packageName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9._~-]+/g, "-")
    .replace(/^[._-]+|-+$/g, "");
  return name === "" || name === "node_modules" ? "tasks" : name;
}
