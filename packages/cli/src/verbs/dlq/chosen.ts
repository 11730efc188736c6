import { CliError } from "../../cli-error.js";

/** The ids that were given, `undefined` for all. @throws CliError `USAGE` where neither was said, or both. */
export function chosen(ids: readonly string[], all: boolean | undefined): readonly string[] | undefined {
  if (all === true && ids.length === 0) return undefined;
  if (all !== true && ids.length > 0) return ids;
  throw new CliError("USAGE", "name the ids of dead letters, or give --all");
}
