// What the scripts of this workspace share. Plain Node without dependencies: it runs before anything is installed.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The workspace's root folder. */
export const root = fileURLToPath(new URL("..", import.meta.url));

const read = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));

/** Ends the process with a clear message when Node is older than `engines` in package.json asks for. */
export function ensureNode() {
  const wanted = read("package.json").engines.node.replace(/^\D+/, "");
  const [major, minor = 0] = wanted.split(".").map(Number);
  const [ownMajor, ownMinor] = process.versions.node.split(".").map(Number);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return;
  console.error(
    `This needs Node ${wanted} or newer; here runs ${process.versions.node}. Install it from https://nodejs.org`,
  );
  process.exit(1);
}

/** Runs `npm ci` unless what is installed is what package-lock.json says. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  console.log("Installing the dependencies (npm ci)");
  await npm(["ci", "--no-audit", "--no-fund"]);
}

/** Runs npm: the one that runs this script, if one does. */
export async function npm(args, options = {}) {
  const script = process.env.npm_execpath;
  await (script === undefined
    ? run("npm", args, { ...options, shell: process.platform === "win32" })
    : run(process.execPath, [script, ...args], options));
}

/** npm keeps a copy of the lock file of what it installed; packages for other platforms are missing there. */
function isInstalled() {
  if (!existsSync(join(root, "node_modules", ".package-lock.json"))) return false;
  const { packages: wanted } = read("package-lock.json");
  const { packages: present } = read("node_modules/.package-lock.json");
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "" || (present[path] === undefined && entry.optional === true)) return true;
    // n.b. npm keeps other flags than it reads for what some need always, and some for development
    return ["version", "integrity", "resolved"].every((field) => present[path]?.[field] === entry[field]);
  });
}

/** Builds packages and what they depend on; without names, all of them. What has not changed is not built again. */
export async function build(...packages) {
  const filters = packages.map((name) => `--filter=${name}...`);
  await run(
    process.execPath,
    [join(root, "node_modules/turbo/bin/turbo"), "run", "build", "--output-logs=errors-only", ...filters],
    {
      env: { TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" },
    },
  );
}

/** The command ended with another code than 0. */
export class CommandFailed extends Error {
  constructor(command, exitCode) {
    super(`${command} ended with ${exitCode}`);
    this.exitCode = exitCode;
  }
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143 };

/**
 * Runs a command with this process's input and output. Rejects with `CommandFailed`. SIGINT and SIGTERM are passed on: the
 * command decides what becomes of it.
 */
export async function run(command, args = [], { cwd = root, env = {}, shell = false } = {}) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: "inherit", shell });
  const pass = (signal) => child.kill(signal);
  for (const signal of Object.keys(SIGNALS)) process.on(signal, pass);
  try {
    const exitCode = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve(code ?? SIGNALS[signal] ?? 1));
    });
    if (exitCode !== 0) throw new CommandFailed([command, ...args].join(" "), exitCode);
  } finally {
    for (const signal of Object.keys(SIGNALS)) process.off(signal, pass);
  }
}

/** Runs a script; its failed command, which has said why itself, decides the exit code. */
export async function main(script) {
  try {
    await script();
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    process.exitCode = error.exitCode;
  }
}
