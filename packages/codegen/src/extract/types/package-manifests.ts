import { ts } from "#compiler";
import { isLocal } from "./platform.js";

/**
 * The `package.json` of each package that a program has files of, installed or linked; of folders such as `.prisma`, which
 * are generated rather than installed, the files themselves.
 */
export function packageManifests(program: ts.Program, exists: (file: string) => boolean): string[] {
  const files = program.getSourceFiles().map(({ fileName }) => fileName);
  const installed = files.flatMap((file) => {
    const folder = PACKAGE.exec(file)?.[0];
    if (folder === undefined) return [];
    return GENERATED.test(folder) ? file : `${folder}package.json`;
  });
  const folders = new Set(files.filter(isLocal).map((file) => file.slice(0, file.lastIndexOf("/"))));
  const own = Array.from(folders, (folder) => ts.findConfigFile(folder, exists, "package.json"));
  return [...new Set([...installed, ...own])].filter((file) => file !== undefined);
}

/** The innermost package of a path; the compiler's own files are in none that is installed. */
const PACKAGE = /^(?!\/node_modules\/typescript\/lib\/).*\/node_modules\/(?:@[^/]+\/)?[^/]+\//;

/** A folder among packages that has no package's name. */
const GENERATED = /\/node_modules\/\.[^/]+\/$/;
