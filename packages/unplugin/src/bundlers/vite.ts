import type { Diagnostic } from "@taskgen/codegen";
import type { UnpluginOptions } from "unplugin";
import type { Build } from "../build.js";
import { errorsOf, findingOf, type Finding } from "../findings.js";
import { generateBeforeBuild } from "./rollup.js";

type ViteHooks = NonNullable<UnpluginOptions["vite"]>;
type Server = Parameters<Extract<ViteHooks["configureServer"], (...args: never[]) => unknown>>[0];

/** Vite: builds as with Rollup; while it serves, errors are shown over the page until they are mended. */
export function viteHooks(build: Build): ViteHooks {
  let isServing = false;
  let served: object | undefined;
  return {
    configResolved(config) {
      isServing = config.command === "serve";
      served = config;
      build.setClient(config.build.ssr === false);
    },
    async buildStart() {
      if (isServing) await build.project.current();
      else await generateBeforeBuild(build, this);
    },
    configureServer: (server) => showErrors(build, server),
    async closeBundle() {
      // n.b. before Vite 6 there was no environment, and of a plugin no more than one server
      const { environment } = this as { readonly environment?: { getTopLevelConfig(): object } };
      if (isServing) await build.project.close(environment?.getTopLevelConfig() ?? served!);
    },
    closeWatcher: () => build.project.close(build),
  };
}

function showErrors({ project }: Build, server: Server): void {
  let shown: ErrorPayload | undefined;
  // n.b. a server that restarts has a successor with the same plugin before it closes
  project.watch(server.config, (diagnostics) => {
    const before = shown;
    shown = overlayOf(diagnostics);
    if (shown !== undefined) server.ws.send(shown);
    else if (before !== undefined) server.ws.send({ type: "full-reload" });
  });
  server.ws.on("connection", () => {
    if (shown !== undefined) server.ws.send(shown);
  });
}

/** What Vite's overlay takes. */
interface ErrorPayload {
  readonly type: "error";
  readonly err: Finding & { readonly stack: string; readonly plugin: string };
}

function overlayOf(diagnostics: readonly Diagnostic[]): ErrorPayload | undefined {
  const [first, ...more] = errorsOf(diagnostics).map(findingOf);
  if (first === undefined) return undefined;
  const others =
    more.length === 0 ? "" : `\n\nand ${more.length} more:\n${more.map(({ message }) => message).join("\n")}`;
  return { type: "error", err: { ...first, message: first.message + others, stack: "", plugin: "taskgen" } };
}
