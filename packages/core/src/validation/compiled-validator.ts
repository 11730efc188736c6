import type { z } from "zod";
import type { Issue, Validator } from "../define/validator.js";
import { toIssues } from "./issues.js";
import { look, type Found, type Purpose } from "./look.js";
import { Part } from "./part.js";
import { isSmall } from "./size.js";

/** A validator of a schema of the list of arguments. */
export class CompiledValidator implements Validator {
  readonly #part: Part;

  constructor(build: () => z.ZodType) {
    this.#part = new Part(build);
  }

  check(args: readonly unknown[]): readonly Issue[] {
    try {
      return this.#look("verdict", args).length === 0 ? FITS : toIssues(this.#explain(args));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return [{ path: [], message: "nests too deep or has too many parts to be checked" }];
    }
  }

  #explain(args: readonly unknown[]): readonly Found[] {
    if (!isSmall(args)) return this.#look("first", args);
    try {
      return this.#look("all", args);
    } catch (error) {
      // zod hands issues on as arguments of a call, of which there may be too many
      if (!(error instanceof RangeError)) throw error;
      return this.#look("first", args);
    }
  }

  #look(purpose: Purpose, args: readonly unknown[]): readonly Found[] {
    return look(purpose, (at) => this.#part.examine(args, at));
  }
}

const FITS: readonly Issue[] = [];
