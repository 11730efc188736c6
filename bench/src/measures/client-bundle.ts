import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate, loadConfig } from "@taskgen/codegen";
import { bundleClient, compressed, loadedWith, outputOf } from "../../../test/support/client-bundle.js";
import type { Settings } from "../settings.js";
import { number, type Table } from "../table.js";

const modules = fileURLToPath(new URL("../../../node_modules/@taskgen", import.meta.url));

const FILES = {
  "package.json": '{ "name": "client", "type": "module" }\n',
  "src/tasks/math.task.ts":
    'import { task } from "@taskgen/core";\nexport const add = task((x: number, y: number) => x + y);\n',
  "src/entry.ts": 'import { tasks } from "./_generated/client.js";\nconsole.log(await tasks.add.delay(1, 2).get());\n',
};

/** What a bundle needs to call one task. */
export async function clientBundle({ folder }: Settings): Promise<Table> {
  await write(folder, FILES);
  await mkdir(join(folder, "node_modules"));
  await symlink(modules, join(folder, "node_modules/@taskgen"));
  const { config } = await loadConfig(folder);
  await generate({ cwd: folder, config });
  const bundle = await bundleClient(folder);
  const row = (name: string, ...files: readonly string[]): string[] => {
    const outputs = loadedWith(bundle, ["out/entry.js", ...files.map((file) => outputOf(bundle, file))]);
    return [name, `${outputs.size}`, number(compressed(bundle, outputs) / 1000)];
  };
  const call = "call/first-call.js";
  const rows = [
    row("when it is loaded"),
    row("after a call and its result", call),
    ...["memory", "sqlite", "redis", "amqp"].map((broker) => row(`the same, ${broker}`, call, `${broker}/open.js`)),
  ];
  return { title: "Client in a bundle", about: ABOUT, columns: ["what is loaded", "files", "kB"], rows };
}

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
}

const ABOUT =
  "A generated client of one task, bundled by esbuild, minified, each file compressed with gzip by itself; without the libraries of brokers.";
