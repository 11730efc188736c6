// In the folder of a package: joins the modules that tsc made into few files, for Node, which takes a third of a millisecond to
// load each, in every process and thread. Bundlers take the modules (the condition "module" in package.json) and leave out what is not used.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { build } from "rolldown";

const MODULES = resolve("dist");
const JOINED = join(MODULES, "node");
/** How a module names a file by its place. */
const BESIDE = /new URL\("(\.[^"]+)", import\.meta\.url\)/g;

const imported = importedEntries(JSON.parse(readFileSync("package.json", "utf8")));
const started = startedEntries();
const loaded = {};

await build({
  input: { ...imported, ...started },
  platform: "node",
  // what groups of modules without their dependencies ask for
  preserveEntrySignatures: "allow-extension",
  external: (id) => id.startsWith("#") || !(id.startsWith(".") || resolve(id) === id),
  plugins: [{ name: "modules", load }],
  output: {
    dir: JOINED,
    cleanDir: true,
    sourcemap: true,
    sourcemapExcludeSources: true,
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ debugName: "main", name: (id, graph) => (isAlwaysLoaded(id, graph) ? "main" : null) }],
    },
  },
});

/** What package.json names, for others and for the package itself: the name of the joined file, and its module. */
function importedEntries({ exports, imports = {} }) {
  const targets = [...Object.values(exports), ...Object.values(imports)].filter(({ module }) => module !== undefined);
  return Object.fromEntries(targets.map((target) => [nameIn(JOINED, resolve(target.default)), resolve(target.module)]));
}

/** What modules start as a thread or a process. */
function startedEntries() {
  const files = readdirSync(MODULES, { recursive: true }).filter(
    (path) => path.endsWith(".js") && !path.startsWith(`node${sep}`),
  );
  const places = files.flatMap((path) => {
    const text = readFileSync(join(MODULES, path), "utf8");
    return [...text.matchAll(BESIDE)].map(([, place]) => resolve(MODULES, dirname(path), place));
  });
  return Object.fromEntries(places.filter((path) => path.endsWith(".js")).map((path) => [nameIn(MODULES, path), path]));
}

/** All joined files lie in one folder: the place of code does not depend on who shares it. */
function nameIn(folder, path) {
  return relative(folder, path).replace(/\.js$/, "").replaceAll(/[\\/]/g, "-");
}

/** A module as tsc made it, in which the places of other files are as seen from the joined ones. */
function load(id) {
  if (!id.startsWith(MODULES)) return null;
  const code = readFileSync(id, "utf8").replaceAll(BESIDE, (_, place) => {
    const seen = seenFromJoined(resolve(dirname(id), place), place.endsWith("/"));
    return `new URL(${JSON.stringify(seen)}, import.meta.url)`;
  });
  return { code, map: readFileSync(`${id}.map`, "utf8"), moduleSideEffects: true };
}

function seenFromJoined(path, isFolder) {
  if (path.endsWith(".js")) return `./${nameIn(MODULES, path)}.js`;
  const seen = relative(JOINED, path).replaceAll("\\", "/");
  return isFolder && seen !== "" ? `./${seen}/` : `./${seen}`;
}

/** What whoever imports the package loads at once, unless threads and processes of its own need it too. */
function isAlwaysLoaded(id, graph) {
  loaded.imported ??= withImports([imported.index, imported.internal ?? imported.index], graph);
  loaded.started ??= withImports(Object.values(started), graph);
  return loaded.imported.has(id) && !loaded.started.has(id);
}

/** Modules, and all that they import before they run. */
function withImports(modules, graph) {
  const all = new Set(modules);
  // n.b. a set is read to its end, also what is added meanwhile
  for (const id of all) for (const other of graph.getModuleInfo(id)?.importedIds ?? []) all.add(other);
  return all;
}
