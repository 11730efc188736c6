import { ts } from "#compiler";
import { PLATFORM_NAMES } from "../written/platform-names.js";
import { isOfPlatform } from "./platform-types.js";

/** Whether `null` and `undefined` are types of their own. */
export const isStrict = ({ strict, strictNullChecks }: ts.CompilerOptions): boolean =>
  strictNullChecks ?? strict ?? false;

/** The modules to which a file adds, as they are written. The property is on every file, though not in its declared type. */
export function augmentedModules(file: ts.SourceFile): string[] {
  const { moduleAugmentations = [] } = file as { readonly moduleAugmentations?: readonly ts.ModuleName[] };
  return moduleAugmentations.filter(ts.isStringLiteral).map(({ text }) => text);
}

/** The checker's look-up of names, which is on every checker, though not in its declared type. */
interface Names {
  resolveName(
    name: string,
    location: undefined,
    meaning: ts.SymbolFlags,
    excludeGlobals: boolean,
  ): ts.Symbol | undefined;
}

/** Those names of the platform that it declares here: a project may add to them, but not take them over. */
export function knownNames(checker: ts.TypeChecker): string[] {
  const names = checker as ts.TypeChecker & Names;
  return PLATFORM_NAMES.filter((name) => {
    const symbol = names.resolveName(name, undefined, ts.SymbolFlags.Type, false);
    return symbol !== undefined && isOfPlatform(symbol);
  });
}
