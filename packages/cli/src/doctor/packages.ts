import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { version } from "../version.js";
import type { Finding } from "./finding.js";

const OURS = ["@taskgen/core", "@taskgen/worker", "@taskgen/codegen", "@taskgen/unplugin"];
const OTHERS = ["typescript", "tsx", "ioredis", "amqplib", "pg"];
const NODE = { major: 20, minor: 19 };

/** Node, taskgen's own packages, and those that a project may need besides. */
export function checkPackages(cwd: string): Finding[] {
  const command = fileURLToPath(import.meta.url);
  const ours = OURS.flatMap((name) => checkOurs(name, cwd, command));
  const others = OTHERS.flatMap((name) => {
    const found = locate(name, cwd);
    if (found?.version === UNREADABLE) return [damaged(name, found.folder)];
    return found === undefined ? [] : [{ level: "ok", what: `${name} ${found.version}` } as const];
  });
  return [checkNode(), { level: "ok", what: `taskgen ${version()}` }, ...ours, ...others];
}

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isEnough = major > NODE.major || (major === NODE.major && minor >= NODE.minor);
  const what = `Node ${process.versions.node} on ${process.platform} ${process.arch}`;
  return isEnough
    ? { level: "ok", what }
    : { level: "wrong", what, fix: `taskgen needs ${NODE.major}.${NODE.minor} or newer` };
}

/** A package must be there once and in the command's own version: two copies do not know each other's tasks and apps. */
function checkOurs(name: string, cwd: string, command: string): Finding[] {
  const copies = new Map<string, string>();
  for (const from of [cwd, command, ...OURS.flatMap((user) => locate(user, cwd)?.folder ?? [])]) {
    const found = locate(name, from);
    if (found !== undefined) copies.set(found.folder, found.version);
  }
  if (copies.size === 0) return [];
  if (copies.size > 1) {
    const places = [...copies].map(([folder, copy]) => `${copy} in ${folder}`).join(", ");
    return [
      { level: "wrong", what: `${name} is installed ${copies.size} times: ${places}`, fix: `see \`npm ls ${name}\`` },
    ];
  }
  const [folder, installed] = [...copies][0]!;
  if (installed === UNREADABLE) return [damaged(name, folder)];
  if (installed === version()) return [{ level: "ok", what: `${name} ${installed}` }];
  const what = `${name} is ${installed}, taskgen is ${version()}`;
  return [{ level: "wrong", what, fix: "install the same version of both" }];
}

const UNREADABLE = "?";

const damaged = (name: string, folder: string): Finding => ({
  level: "wrong",
  what: `the package.json of ${name} in ${folder} cannot be read`,
  fix: "install it again",
});

interface Installed {
  readonly folder: string;
  readonly version: string;
}

/** The package that an import in a folder would find. */
function locate(name: string, from: string): Installed | undefined {
  const paths = createRequire(join(from, "noop.js")).resolve.paths(name) ?? [];
  const folder = paths.map((path) => join(path, name)).find((path) => existsSync(join(path, "package.json")));
  if (folder === undefined) return undefined;
  return { folder: realpathSync(folder), version: versionIn(folder) };
}

function versionIn(folder: string): string {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      readonly version?: unknown;
    };
    return typeof version === "string" ? version : UNREADABLE;
  } catch {
    return UNREADABLE;
  }
}
