// Where the servers' programs are, or how they get there.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The folders of installed versions of Postgres, the newest first: no package puts them into PATH. */
const postgresFolders = () => {
  const found = (base, pattern) =>
    (existsSync(base) ? readdirSync(base) : [])
      .filter((name) => pattern.test(name))
      .toSorted((a, b) => parseInt(b.replace(/^\D+/, ""), 10) - parseInt(a.replace(/^\D+/, ""), 10))
      .map((name) => join(base, name, "bin"));
  return ["/opt/homebrew/opt", "/usr/local/opt"].reduce(
    (folders, base) => [...folders, ...found(base, /^postgresql@\d+$/)],
    found("/usr/lib/postgresql", /^\d+$/),
  );
};

/** Each program, where it may be besides PATH, and the package of Debian and Ubuntu that holds it. */
const PROGRAMS = {
  "redis-server": { folders: ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"], package: "redis-server" },
  "rabbitmq-server": {
    // n.b. first: the Debian package's wrapper in PATH changes to a user of its own
    before: ["/usr/lib/rabbitmq/bin"],
    folders: ["/usr/local/sbin", "/opt/homebrew/sbin"],
    package: "rabbitmq-server",
  },
  initdb: { folders: [], versions: postgresFolders, package: "postgresql" },
  postgres: { folders: [], versions: postgresFolders, package: "postgresql" },
  epmd: { folders: ["/usr/lib/erlang/bin", "/usr/local/bin", "/opt/homebrew/bin"], package: "rabbitmq-server" },
};

/** The path of a program; `undefined` where it is not installed. */
export function findProgram(name) {
  const { before = [], folders, versions } = PROGRAMS[name];
  const paths = [...before, ...(process.env.PATH ?? "").split(delimiter), ...folders, ...(versions?.() ?? [])];
  return paths.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/**
 * The paths of programs; what is missing is installed with apt where that is possible without a question. Throws otherwise,
 * and says what to do.
 */
export function requirePrograms(names, instead) {
  const missing = names.filter((name) => findProgram(name) === undefined);
  const packages = [...new Set(missing.map((name) => PROGRAMS[name].package))];
  if (missing.length > 0 && !install(packages)) {
    throw new BrokerMissing(
      `${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} missing and could not be installed. ` +
        `Install ${packages.join(" and ")} (apt-get install ${packages.join(" ")}; brew install ${packages
          .map((name) => name.replace(/-server$/, ""))
          .join(" ")}), or set ${instead}`,
    );
  }
  return names.map((name) => findProgram(name));
}

/** There is no broker; the message says what to do. */
export class BrokerMissing extends Error {}

/** Installs Debian packages as root or with a sudo that asks nothing; false where neither is there, or it failed. */
export function install(packages) {
  if (!succeeds("apt-get", ["--version"])) return false;
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  if (sudo.length > 0 && !succeeds("sudo", ["-n", "true"])) return false;
  console.log(`Installing ${packages.join(" and ")} (apt-get install)`);
  const [command, ...args] = [...sudo, "sh", "-c", INSTALL, "install", ...packages];
  const { status } = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });
  return status === 0;
}

const succeeds = (command, args) => spawnSync(command, args, { stdio: "ignore" }).status === 0;

/** Installs without starting the system's own instances, now or when the machine starts. */
const INSTALL = `
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod +x "$policy"
fi
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
if [ -d /run/systemd/system ]; then
  for unit in "$@"; do if systemctl cat "$unit" > /dev/null 2>&1; then systemctl disable "$unit"; fi; done
fi
`;
