// Installs what the benchmarks `peers-…` measure taskgen against, where it is missing: packages of npm in bench/peers, Celery with
// apt. Without Celery they leave its rows out.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { install } from "./brokers/programs.mjs";
import { isInstalled, main, npm, root } from "./workspace.mjs";

const FOLDER = join("bench", "peers");
const CELERY = ["python3-celery", "python3-redis"];

async function ensurePackages() {
  if (isInstalled(FOLDER)) return;
  console.log(`Installing the peers that taskgen is measured against (npm ci in ${FOLDER})`);
  await npm(["ci", "--no-audit", "--no-fund"], { cwd: join(root, FOLDER) });
}

function ensureCelery() {
  const { status } = spawnSync("/usr/bin/python3", ["-c", "import celery, redis"], { stdio: "ignore" });
  if (status !== 0 && !install(CELERY)) console.log(`Celery is left out: apt-get install ${CELERY.join(" ")}`);
}

await main(async () => {
  await ensurePackages();
  ensureCelery();
});
