import { libraryFiles } from "../compiler/compiler.js";

/** Where the compiler finds its own declarations; they are in memory. */
export const LIB_FOLDER = "/node_modules/typescript/lib";

let library: ReadonlyMap<string, string> | undefined;

export const isLibrary = (file: string): boolean => file.startsWith(`${LIB_FOLDER}/`);

/** The text of a file of the compiler's own. */
export function libraryText(file: string): string | undefined {
  library ??= new Map(libraryFiles().map(({ fileName, text }) => [`${LIB_FOLDER}/${fileName}`, text]));
  return library.get(file);
}

/** Packages that declare what the platform itself has. */
const PLATFORM_PACKAGES = /\/node_modules\/(?:@types\/(?:node|web|bun)|undici-types|bun-types)\//;

/** Whether what a file declares comes with the platform, so that its names mean what they say. */
export const isPlatform = (file: string): boolean => isLibrary(file) || PLATFORM_PACKAGES.test(file);

/** Whether a file belongs to the project, or to a workspace that is linked into it, rather than to an installed package. */
export const isLocal = (file: string): boolean => !file.includes("/node_modules/");
