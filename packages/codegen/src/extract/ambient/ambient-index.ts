import { ts } from "#compiler";
import { barrels, type Reaching } from "./barrels.js";
import { isLibrary, isLocal, LIB_FOLDER } from "../types/platform.js";
import { ambientFileOf, augmentations, type AmbientFile } from "./units.js";

/** A program, and where the imports of its files lead to. */
export interface Indexed extends Pick<Reaching, "program" | "targetsOf"> {
  readonly importsOf: (file: string) => readonly string[];
}

/**
 * Takes apart the files that declare globals in every program with the options of this one, whatever files it is of: the
 * libraries and types that the options name, and what these refer to. Files that may lead to declarations of globals by what
 * they import are left whole, since parts of them are not to be left out.
 */
export function ambientFiles({ program, importsOf, targetsOf }: Indexed): AmbientFile[] {
  const reached = new Set(startOf(program));
  for (const file of reached) for (const next of referredBy(program, file)) if (next !== undefined) reached.add(next);
  const isPlain = keptByPath((path) => {
    const file = program.getSourceFile(path);
    return file === undefined ? isJavaScript(path) : isPlainModule(program, file, reached);
  });
  const globals = program
    .getSourceFiles()
    .filter((file) => reached.has(file) && (isLibrary(file.fileName) || !isLocal(file.fileName)))
    .filter((file) => importedBy(file.fileName, importsOf).every(isPlain))
    .flatMap((file) => ambientFileOf(file) ?? []);
  const reachedFrom = (path: string): string[] => [path, ...importedBy(path, importsOf)];
  // n.b. it is not seen when what an installed package leads to in the project changes
  const leadsBack = keptByPath((path) => !isLocal(path) && importsOf(path).some(isLocal));
  const found = barrels({ program, targetsOf, reachedFrom, isPlain });
  return [...globals, ...found.filter(({ path }) => !reachedFrom(path).some(leadsBack))];
}

/** Finds out once what is asked of each of many paths again and again. */
function keptByPath(find: (path: string) => boolean): (path: string) => boolean {
  const known = new Map<string, boolean>();
  return (path) => {
    const found = known.get(path) ?? find(path);
    known.set(path, found);
    return found;
  };
}

/** The properties are on every program, though not in its declared type. */
interface Directives {
  getAutomaticTypeDirectiveResolutions(): { forEach(f: (found: Resolved) => void): void };
  getResolvedTypeReferenceDirectiveFromTypeReferenceDirective(
    directive: ts.FileReference,
    file: ts.SourceFile,
  ): Resolved | undefined;
}

type Resolved = ts.ResolvedTypeReferenceDirectiveWithFailedLookupLocations;

type Files = ReadonlySet<ts.SourceFile>;

/** What the options name. */
function startOf(program: ts.Program): ts.SourceFile[] {
  const options = program.getCompilerOptions();
  const paths = options.noLib === true ? [] : (options.lib ?? [ts.getDefaultLibFileName(options)]).map(libraryPath);
  (program as ts.Program & Directives).getAutomaticTypeDirectiveResolutions().forEach((found) => {
    const path = found.resolvedTypeReferenceDirective?.resolvedFileName;
    if (path !== undefined) paths.push(path);
  });
  return paths.flatMap((path) => program.getSourceFile(path) ?? []);
}

const libraryPath = (name: string): string => `${LIB_FOLDER}/${name}`;

/** What a file refers to by comments; `undefined` for what is not there under the path that it is known by. */
function referredBy(program: ts.Program, file: ts.SourceFile): (ts.SourceFile | undefined)[] {
  const types = file.typeReferenceDirectives.map((directive) => {
    const found = (program as ts.Program & Directives).getResolvedTypeReferenceDirectiveFromTypeReferenceDirective(
      directive,
      file,
    );
    return found?.resolvedTypeReferenceDirective?.resolvedFileName ?? "";
  });
  const libraries = file.libReferenceDirectives.map(({ fileName }) =>
    libraryPath(`lib.${fileName.toLowerCase()}.d.ts`),
  );
  const paths = file.referencedFiles.map(({ fileName }) => ts.resolveTripleslashReference(fileName, file.fileName));
  return [...types, ...libraries, ...paths].map((path) => program.getSourceFile(path));
}

function importedBy(file: string, importsOf: Indexed["importsOf"]): string[] {
  const reached = new Set(importsOf(file));
  for (const path of reached) for (const next of importsOf(path)) reached.add(next);
  return [...reached];
}

/** n.b. the code of an installed package is no part of a program that its types are missing from */
const isJavaScript = (path: string): boolean => /\.[cm]?jsx?$/.test(path);

/** Whether a file adds to no globals, nor anything that it refers to and that is not there without it. */
const isPlainModule = (program: ts.Program, file: ts.SourceFile, reached: Files): boolean =>
  ts.isExternalModule(file) &&
  augmentations(file).length === 0 &&
  !file.statements.some(ts.isNamespaceExportDeclaration) &&
  referredBy(program, file).every((next) => next !== undefined && reached.has(next));
