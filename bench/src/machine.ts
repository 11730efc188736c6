import { cpus, release, totalmem, type } from "node:os";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadDriver } from "./raw/driver.js";

/** What the numbers depend on, in lines. */
export async function machine(): Promise<string[]> {
  const { name, Database } = await loadDriver();
  const db = new Database(":memory:");
  const [row] = db.prepare("SELECT sqlite_version() AS version").all() as { readonly version: string }[];
  db.close();
  const all = cpus();
  return [
    `${all.length} x ${all[0]?.model.trim() ?? "processor"}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}`,
    `Node.js ${process.versions.node}, V8 ${process.versions.v8}`,
    `${name}, SQLite ${row!.version}, WAL, synchronous=NORMAL`,
    `@taskgen/core ${versionOf("core")}, @taskgen/worker ${versionOf("worker")}`,
  ];
}

function versionOf(name: string): string {
  const path = fileURLToPath(new URL(`../../packages/${name}/package.json`, import.meta.url));
  return (JSON.parse(readFileSync(path, "utf8")) as { readonly version: string }).version;
}
