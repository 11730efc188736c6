// Installs what the benchmarks `peers-…` measure taskgen against, where it is missing: packages of npm in bench/peers, Celery with
// apt. Without Celery they leave its rows out.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { install } from "./brokers/programs.mjs";
import { main, npm, root } from "./workspace.mjs";

const FOLDER = join(root, "bench", "peers");
const CELERY = ["python3-celery", "python3-redis"];

const read = (...path) => JSON.parse(readFileSync(join(FOLDER, ...path), "utf8"));

async function ensurePackages() {
  if (Object.entries(read("package.json").dependencies).every(isInstalled)) return;
  console.log("Installing the task queues that taskgen is measured against (npm install in bench/peers)");
  // n.b. not `npm ci`: the lock file lacks what is for other platforms alone, which it refuses
  await npm(["install", "--no-save", "--no-audit", "--no-fund"], { cwd: FOLDER });
}

function isInstalled([name, version]) {
  return (
    existsSync(join(FOLDER, "node_modules", name, "package.json")) &&
    read("node_modules", name, "package.json").version === version
  );
}

function ensureCelery() {
  const { status } = spawnSync("/usr/bin/python3", ["-c", "import celery, redis"], { stdio: "ignore" });
  if (status !== 0 && !install(CELERY)) console.log(`Celery is left out: apt-get install ${CELERY.join(" ")}`);
}

await main(async () => {
  await ensurePackages();
  ensureCelery();
});
