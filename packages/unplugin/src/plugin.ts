import { relative } from "node:path";
import { createUnplugin, type NativeBuildContext, type UnpluginInstance, type UnpluginOptions } from "unplugin";
import type { Build } from "./build.js";
import { esbuildHooks } from "./bundlers/esbuild.js";
import { rollupHooks } from "./bundlers/rollup.js";
import { viteHooks } from "./bundlers/vite.js";
import { webpackHooks } from "./bundlers/webpack.js";
import { ProjectBuild, type ProjectLocation } from "./project-build.js";

/** Settings of the plugin. */
export interface TaskgenPluginOptions extends ProjectLocation {
  /**
   * Whether what is built runs where tasks must not: importing a task file or the registry as a value is an error then.
   * @default what the bundler's target says: a browser is a client, Node is none; Rollup has no target and is none
   */
  readonly client?: boolean;
}

/**
 * Generates before the build and, while the bundler watches, after every change. The files are those of `npx taskgen`,
 * byte for byte.
 */
export const plugin: UnpluginInstance<TaskgenPluginOptions | undefined, false> = createUnplugin((options = {}) => {
  const project = new ProjectBuild(options);
  const targets = new WeakMap<object, boolean>();
  let latest = false;
  const setClient = (isClient: boolean, compiler?: object): void => {
    latest = isClient;
    if (compiler !== undefined) targets.set(compiler, isClient);
  };
  const isClient = (compiler: object | undefined): boolean =>
    options.client ?? (compiler && targets.get(compiler)) ?? latest;
  const build: Build = { project, setClient };
  return {
    name: "taskgen",
    enforce: "pre",
    ...guard(project, isClient),
    rollup: rollupHooks(build),
    rolldown: rollupHooks(build),
    vite: viteHooks(build),
    webpack: webpackHooks(build),
    rspack: webpackHooks(build),
    esbuild: esbuildHooks(build),
  };
});

/** Refuses task code in a client. Types alone never come here: they are erased before modules are resolved. */
function guard(
  project: ProjectBuild,
  isClient: (compiler: object | undefined) => boolean,
): Pick<UnpluginOptions, "load" | "loadInclude"> {
  return {
    loadInclude: (id) => project.isTaskCode(id),
    load: {
      filter: { id: { include: /\.[cm]?[jt]sx?$/, exclude: /[\\/]node_modules[\\/]/ } },
      handler(id) {
        // n.b. Vite builds several environments at once, and says with each module which one it is for
        const { environment } = this as { environment?: { config?: { consumer?: string } } };
        const consumer = environment?.config?.consumer ?? "client";
        if (consumer !== "client" || !isClient(compilerOf(this.getNativeBuildContext?.()))) return undefined;
        this.error(refusal(relative(project.cwd, id)));
        // n.b. esbuild hears of an error only with a module
        return "export {};";
      },
    },
  };
}

/** webpack's compiler, the one that others were started by, or esbuild's build; others do not say which build it is. */
function compilerOf(context: NativeBuildContext | null | undefined): object | undefined {
  const { compiler, build } = (context ?? {}) as { compiler?: { readonly root?: object }; build?: object };
  return compiler?.root ?? compiler ?? build;
}

const refusal = (file: string): string =>
  `taskgen: ${file} holds the code of tasks and must not get into a client. Import it with \`import type\`, call the task ` +
  "through the generated client, or set client: false where this is the build of a worker.";
