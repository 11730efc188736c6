// Generates the project named by the first argument and prints the modules of the compiler that this loaded.
import { createRequire } from "node:module";
import { generate, loadConfig } from "@taskgen/codegen";

const cwd = process.argv[2];
const { config } = await loadConfig(cwd);
await generate({ cwd, config });
const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) =>
  /ts-morph(?:-common)?\.js$|typescript\.js$/.test(path),
);
console.log(JSON.stringify(loaded.map((path) => path.replace(/^.*[\\/]/, ""))));
