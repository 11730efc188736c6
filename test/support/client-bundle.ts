import { gzipSync } from "node:zlib";
import { build, type BuildOptions, type BuildResult } from "esbuild";

/** n.b. a client is measured without libraries of servers; of CommonJS a bundler would also put a shim into the first load. */
const LIBRARIES = ["ioredis", "amqplib", "amqplib/*", "pg", "@photostructure/sqlite"];

/** What a bundler makes of a client. */
export type Bundle = BuildResult<{ metafile: true; write: false }>;

/** How a client is bundled. */
export const BUNDLE_OPTIONS = {
  ...{ bundle: true, splitting: true, minify: true, format: "esm", platform: "node", target: "node20" },
  ...{ external: LIBRARIES, outdir: "out", metafile: true },
} as const satisfies BuildOptions;

/** Bundles `src/entry.ts` of a folder. */
export async function bundleClient(cwd: string): Promise<Bundle> {
  return await build({ ...BUNDLE_OPTIONS, absWorkingDir: cwd, entryPoints: ["src/entry.ts"], write: false });
}

/** What these outputs need before anything further is imported lazily, they themselves too. */
export function loadedWith({ metafile }: Pick<Bundle, "metafile">, starts: readonly string[]): Set<string> {
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const { path: next, kind, external } of metafile.outputs[path]?.imports ?? []) {
      if (kind === "import-statement" && !external) visit(next);
    }
  };
  starts.forEach(visit);
  return reached;
}

/** The output that is loaded for a lazy import of this file of core. */
export function outputOf({ metafile }: Pick<Bundle, "metafile">, file: string): string {
  const isIt = ([, { entryPoint }]: [string, { entryPoint?: string }]): boolean => entryPoint?.endsWith(file) === true;
  return Object.entries(metafile.outputs).find(isIt)![0];
}

/** Paths of sources. */
export const inputsOf = ({ metafile }: Bundle, outputs: ReadonlySet<string>): readonly string[] =>
  [...outputs].flatMap((output) => Object.keys(metafile.outputs[output]?.inputs ?? {}));

/** Bytes of files, each minified and compressed for itself. */
export function compressed({ outputFiles }: Bundle, outputs: ReadonlySet<string>): number {
  const files = outputFiles.filter(({ path }) => [...outputs].some((output) => path.endsWith(output)));
  return files.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0);
}
