// Generates the project named by the first argument and prints the modules of ts-morph that this loaded.
import { createRequire } from "node:module";
import { generate, loadConfig } from "@taskgen/codegen";

const cwd = process.argv[2];
const { config } = await loadConfig(cwd);
await generate({ cwd, config });
const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes("ts-morph.js"));
console.log(JSON.stringify(loaded.map((path) => path.replace(/^.*[\\/]/, ""))));
