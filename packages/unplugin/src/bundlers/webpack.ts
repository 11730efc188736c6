import type { Diagnostic } from "@taskgen/codegen";
import type { Build } from "../build.js";
import { errorsOf, textOf, warningsOf } from "../findings.js";

/** What webpack's compiler and Rspack's have in common. */
interface Compiler {
  readonly platform?: { readonly web?: boolean | null };
  readonly watching?: { invalidate(): void } | undefined;
  readonly webpack: { readonly WebpackError: new (message: string) => Error };
  readonly hooks: {
    readonly run: AsyncHook;
    readonly watchRun: AsyncHook;
    readonly thisCompilation: { tap(name: string, f: (compilation: Compilation) => void): void };
    readonly watchClose: { tap(name: string, f: () => void): void };
  };
}

interface AsyncHook {
  tapPromise(name: string, f: () => Promise<void>): void;
}

interface Compilation {
  readonly errors: { push(error: Error): unknown };
  readonly warnings: { push(error: Error): unknown };
}

const NAME = "taskgen";

/** webpack and Rspack: findings are errors and warnings of each compilation, which their dev servers show over the page. */
export function webpackHooks({ project, setClient }: Build): (compiler: unknown) => void {
  return (given) => {
    const compiler = given as Compiler;
    let latest: readonly Diagnostic[] = [];
    const generate = async (): Promise<void> => {
      setClient(compiler.platform?.web === true, compiler);
      latest = await project.current();
    };
    compiler.hooks.run.tapPromise(NAME, generate);
    compiler.hooks.watchRun.tapPromise(NAME, async () => {
      // n.b. the compiler watches what it builds; a finding about another file must be shown all the same
      project.watch(compiler, (diagnostics, isFirst) => {
        if (!isFirst && textOf(diagnostics) !== textOf(latest)) compiler.watching?.invalidate();
      });
      await generate();
    });
    compiler.hooks.thisCompilation.tap(NAME, (compilation) => report(latest, compilation, compiler));
    compiler.hooks.watchClose.tap(NAME, () => void project.close(compiler));
  };
}

function report(diagnostics: readonly Diagnostic[], compilation: Compilation, { webpack }: Compiler): void {
  const errorOf = (diagnostic: Diagnostic): Error => new webpack.WebpackError(textOf([diagnostic]));
  for (const error of errorsOf(diagnostics)) compilation.errors.push(errorOf(error));
  for (const warning of warningsOf(diagnostics)) compilation.warnings.push(errorOf(warning));
}
