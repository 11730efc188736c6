import { normalizePath } from "./order.js";

/** Where an export is in the client: folders are namespaces, files are not; folders called `tasks` are left out. */
export function clientPath(file: string, exportName: string, rootDir: string): readonly string[] | undefined {
  const folders = foldersBelow(file, rootDir);
  const name = exportName === "default" ? baseName(file) : exportName;
  return folders && [...folders.filter((folder) => folder !== "tasks"), name];
}

/** The name on the wire of a task at this place of the client, unless its options say another. */
export const wireName = (path: readonly string[]): string => path.join(".");

/** A file's name without `.task.ts` or another ending of source files. */
export const baseName = (file: string): string =>
  normalizePath(file)
    .replace(/^.*\//, "")
    .replace(/(?:\.task)?\.[cm]?[jt]sx?$/, "");

/** The folders between `rootDir` and the file; `undefined` when the file is elsewhere. */
function foldersBelow(file: string, rootDir: string): readonly string[] | undefined {
  const path = normalizePath(file);
  const prefix = rootDir === "." ? "" : `${rootDir}/`;
  if (!path.startsWith(prefix) || path.startsWith("../")) return undefined;
  return path.slice(prefix.length).split("/").slice(0, -1);
}

/** Names that a plain object or a promise already gives a meaning to. */
const RESERVED = new Set([
  ...["then", "catch", "finally", "constructor", "prototype", "__proto__", "toJSON", "name", "length", "toString"],
  ...["toLocaleString", "valueOf", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "default"],
  ...["__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__"],
]);

/** Whether a task or a folder must not have this name. */
export const isReservedName = (name: string): boolean => RESERVED.has(name);
