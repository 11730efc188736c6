import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rspack } from "@rspack/core";
import { taskgen as esbuildPlugin } from "@taskgen/unplugin/esbuild";
import { taskgen as rolldownPlugin } from "@taskgen/unplugin/rolldown";
import { taskgen as rollupPlugin } from "@taskgen/unplugin/rollup";
import { taskgen as rspackPlugin } from "@taskgen/unplugin/rspack";
import { taskgen as vitePlugin } from "@taskgen/unplugin/vite";
import { taskgen as webpackPlugin } from "@taskgen/unplugin/webpack";
import type { TaskgenPluginOptions } from "@taskgen/unplugin";
import * as esbuild from "esbuild";
import * as rolldown from "rolldown";
import * as rollup from "rollup";
import * as vite from "vite";
import webpack from "webpack";

/** A build that watches. */
export interface Watching {
  close(): Promise<void>;
}

/** What the tests do with a bundler: the client of a project into its folder `out`. */
export interface Bundler {
  readonly name: string;
  /** Rejects with what the bundler reports. */
  readonly build: (cwd: string, options?: TaskgenPluginOptions) => Promise<void>;
  readonly watch: (cwd: string) => Promise<Watching>;
}

const entryOf = (cwd: string): string => join(cwd, "src/main.ts");

/** What a bundler wrote into `out`. */
export const bundleOf = (cwd: string): string =>
  readdirSync(join(cwd, "out"), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.m?js$/.test(name))
    .map((name) => readFileSync(join(cwd, "out", name), "utf8"))
    .join("\n");

/** What is of the packages' own, not of the project. */
const external = /^@taskgen\//;

/** Rollup leaves TypeScript to others. */
const stripTypes: rollup.Plugin = {
  name: "strip-types",
  resolveId: (id, importer) =>
    importer !== undefined && id.endsWith(".js") && id.startsWith(".")
      ? join(importer, "..", id.replace(/js$/, "ts"))
      : null,
  transform: async (code, id) =>
    id.endsWith(".ts") ? { code: (await esbuild.transform(code, { loader: "ts" })).code, map: null } : null,
};

const rollupInput = (cwd: string, options: TaskgenPluginOptions): rollup.RollupOptions => ({
  input: entryOf(cwd),
  external,
  plugins: [rollupPlugin({ cwd, ...options }), stripTypes],
  output: { dir: join(cwd, "out") },
  onLog: () => {},
});

const rolldownInput = (cwd: string, options: TaskgenPluginOptions): rolldown.BuildOptions => ({
  input: entryOf(cwd),
  cwd,
  platform: "browser",
  external,
  plugins: [rolldownPlugin({ cwd, ...options })],
  output: { dir: join(cwd, "out") },
  logLevel: "silent",
});

const viteConfig = (cwd: string, options: TaskgenPluginOptions): vite.InlineConfig => ({
  root: cwd,
  configFile: false,
  logLevel: "silent",
  plugins: [vitePlugin({ cwd, ...options })],
  build: {
    outDir: "out",
    minify: false,
    lib: { entry: entryOf(cwd), formats: ["es"], fileName: "main" },
    rollupOptions: { external },
  },
});

const esbuildOptions = (cwd: string, options: TaskgenPluginOptions): esbuild.BuildOptions => ({
  absWorkingDir: cwd,
  entryPoints: [entryOf(cwd)],
  outdir: join(cwd, "out"),
  bundle: true,
  format: "esm",
  external: ["@taskgen/*"],
  logLevel: "silent",
  plugins: [esbuildPlugin({ cwd, ...options })],
});

/** Loads TypeScript for webpack. */
const LOADER = new URL("strip-types.cjs", import.meta.url).pathname;

const packOptions = (cwd: string): webpack.Configuration => ({
  mode: "development",
  devtool: false,
  context: cwd,
  target: "web",
  entry: entryOf(cwd),
  experiments: { outputModule: true },
  externalsType: "module",
  externals: [/^@taskgen\//],
  output: { path: join(cwd, "out"), library: { type: "module" } },
  resolve: { extensionAlias: { ".js": [".ts", ".js"] } },
  module: { rules: [{ test: /\.ts$/, loader: LOADER }] },
  infrastructureLogging: { level: "none" },
});

/** What webpack's and Rspack's compilers have in common. */
interface Compiler {
  run(done: (error: Error | null | undefined, stats?: Stats) => void): void;
  watch(
    options: object,
    done: (error: Error | null | undefined, stats?: Stats) => void,
  ): { close(done: () => void): void } | undefined;
  close(done: (error?: Error | null) => void): void;
}

interface Stats {
  hasErrors(): boolean;
  toString(options: object): string;
}

function run(compiler: Compiler): Promise<void> {
  return new Promise((resolve, reject) => {
    compiler.run((error, stats) => {
      const failed =
        error ?? (stats!.hasErrors() ? new Error(stats!.toString({ all: false, errors: true })) : undefined);
      compiler.close(() => (failed ? reject(failed) : resolve()));
    });
  });
}

function watchWith(compiler: Compiler): Promise<Watching> {
  return new Promise((resolve) => {
    let watching: { close(done: () => void): void } | undefined;
    let isFirst = true;
    const close = (): Promise<void> => new Promise((closed) => watching!.close(() => compiler.close(() => closed())));
    watching = compiler.watch({ aggregateTimeout: 20 }, () => {
      if (isFirst) resolve({ close });
      isFirst = false;
    });
  });
}

/** Resolves when a watcher of Rollup's kind has built once. */
const firstBuild = (watcher: { on(event: "event", f: (event: { code: string }) => void): unknown }): Promise<void> =>
  new Promise((resolve) => {
    watcher.on("event", ({ code }) => {
      if (code === "END" || code === "ERROR") resolve();
    });
  });

export const BUNDLERS: readonly Bundler[] = [
  {
    name: "rollup",
    async build(cwd, options = {}) {
      const bundle = await rollup.rollup(rollupInput(cwd, { client: true, ...options }));
      await bundle.write({ dir: join(cwd, "out") });
      await bundle.close();
    },
    async watch(cwd) {
      const watcher = rollup.watch(rollupInput(cwd, {}));
      await firstBuild(watcher);
      return watcher;
    },
  },
  {
    name: "rolldown",
    build: async (cwd, options = {}) => void (await rolldown.build(rolldownInput(cwd, options))),
    async watch(cwd) {
      const watcher = rolldown.watch(rolldownInput(cwd, {}));
      await firstBuild(watcher);
      return watcher;
    },
  },
  {
    name: "vite",
    build: async (cwd, options = {}) => void (await vite.build(viteConfig(cwd, options))),
    async watch(cwd) {
      const config = viteConfig(cwd, {});
      const watcher = (await vite.build({
        ...config,
        build: { ...config.build, watch: {} },
      })) as rolldown.RolldownWatcher;
      await firstBuild(watcher);
      return watcher;
    },
  },
  {
    name: "esbuild",
    build: async (cwd, options = {}) => void (await esbuild.build(esbuildOptions(cwd, options))),
    async watch(cwd) {
      const context = await esbuild.context(esbuildOptions(cwd, {}));
      await context.rebuild();
      await context.watch();
      return { close: () => context.dispose() };
    },
  },
  {
    name: "webpack",
    build: (cwd, options = {}) => run(webpack({ ...packOptions(cwd), plugins: [webpackPlugin({ cwd, ...options })] })),
    watch: (cwd) => watchWith(webpack({ ...packOptions(cwd), plugins: [webpackPlugin({ cwd })] })),
  },
  {
    name: "rspack",
    build: (cwd, options = {}) =>
      run(rspack({ ...(packOptions(cwd) as object), plugins: [rspackPlugin({ cwd, ...options })] })),
    watch: (cwd) => watchWith(rspack({ ...(packOptions(cwd) as object), plugins: [rspackPlugin({ cwd })] })),
  },
];
