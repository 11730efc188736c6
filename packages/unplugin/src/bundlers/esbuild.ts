import type { Diagnostic } from "@taskgen/codegen";
import type { UnpluginOptions } from "unplugin";
import type { Build } from "../build.js";
import { errorsOf, textOf, warningsOf } from "../findings.js";

/**
 * esbuild does not say whether it watches, and builds again only when a file of its own changed: the project is watched
 * for as long as the build's context lives, and what it generates makes esbuild build again.
 */
export function esbuildHooks({ project, setClient }: Build): NonNullable<UnpluginOptions["esbuild"]> {
  return {
    setup(build) {
      setClient(build.initialOptions.platform !== "node", build);
      project.watch(build, () => {});
      build.onStart(async () => {
        const diagnostics = await project.current();
        return { errors: errorsOf(diagnostics).map(messageOf), warnings: warningsOf(diagnostics).map(messageOf) };
      });
      build.onDispose(() => void project.close(build));
    },
  };
}

const messageOf = (diagnostic: Diagnostic): { text: string; pluginName: string } => ({
  text: textOf([diagnostic]),
  pluginName: "taskgen",
});
