import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Has a process write down which files each of its threads loads; for its environment. */
export const recordingFiles = (folder: string): Readonly<Record<string, string>> => ({ NODE_V8_COVERAGE: folder });

interface Coverage {
  readonly result: readonly { readonly url: string }[];
}

/** What each thread of processes that have ended has loaded: URLs of files, in one list for each thread. */
export async function loadedFiles(folder: string): Promise<readonly (readonly string[])[]> {
  const names = (await readdir(folder)).filter((name) => name.startsWith("coverage-"));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return texts.map((text) =>
    (JSON.parse(text) as Coverage).result.map(({ url }) => url).filter((url) => url.startsWith("file:")),
  );
}
