import type { Diagnostic } from "@taskgen/codegen";
import type { UnpluginOptions } from "unplugin";
import type { Build } from "../build.js";
import { errorsOf, findingOf, textOf, warningsOf, type Finding } from "../findings.js";

type RollupHooks = NonNullable<UnpluginOptions["rollup"]> & NonNullable<UnpluginOptions["rolldown"]>;

/** What is told to Rollup and its likes. */
interface Reporter {
  readonly meta: { readonly watchMode?: boolean };
  warn(finding: Finding): void;
  error(finding: Finding): never;
}

/** Rollup and Rolldown. */
export function rollupHooks(build: Build): RollupHooks {
  return {
    async buildStart(options: object) {
      const { platform } = options as { readonly platform?: string };
      build.setClient(platform === "browser");
      await generateBeforeBuild(build, this as Reporter);
    },
    closeWatcher: () => build.project.close(build),
  };
}

/** An error ends a build. While the bundler watches it is a warning: the files that are there are built meanwhile. */
export async function generateBeforeBuild(build: Build, reporter: Reporter): Promise<void> {
  const { project } = build;
  const isWatching = reporter.meta.watchMode === true;
  if (isWatching) project.watch(build, print);
  const diagnostics = await project.current();
  const errors = errorsOf(diagnostics).map(findingOf);
  for (const finding of [...warningsOf(diagnostics).map(findingOf), ...errors.slice(isWatching ? 0 : 1)]) {
    reporter.warn(finding);
  }
  if (!isWatching && errors[0] !== undefined) reporter.error(errors[0]);
}

/** What a change brought: no bundler asks for it, since the files that it builds did not change. */
function print(diagnostics: readonly Diagnostic[], isFirst: boolean): void {
  const errors = errorsOf(diagnostics);
  if (!isFirst && errors.length > 0) console.error(textOf(errors));
}
