import { z } from "zod";
import { NOTHING, type Found, type Look } from "./look.js";

/** A look for the verdict alone needs no more. */
const SOMETHING: readonly Found[] = [{ code: "custom", path: [], message: "does not fit", input: undefined }];

/** Codes of zod whose messages are made in `issues.ts`: making zod's own would take most of the time. */
const OWN_MESSAGES: ReadonlySet<string | undefined> = new Set([
  "invalid_type",
  "invalid_value",
  "invalid_union",
  "custom",
]);

const ALL = {
  reportInput: true,
  error: ({ code }: { readonly code?: string | undefined }) => (OWN_MESSAGES.has(code) ? "does not fit" : undefined),
} as const;

// n.b. `abortEarly` is how zod's own `validate` stops at the first issue; its types do not show it
const CONTEXTS = { all: ALL, first: { ...ALL, abortEarly: true } } as const;

/** A schema that is built when it is first used, and compiled on its own. */
export class Part {
  readonly #build: () => z.ZodType;
  #schema: z.ZodType | undefined;
  #compiled: z.ZodType | undefined;

  constructor(build: () => z.ZodType) {
    this.#build = build;
  }

  /** What is wrong with a value, as far as the look wants to know. */
  examine(value: unknown, { purpose }: Look): readonly Found[] {
    const schema = (this.#schema ??= this.#build());
    if (purpose !== "verdict") return z.safeParse(schema, value, CONTEXTS[purpose]).error?.issues ?? NOTHING;
    this.#compiled ??= z.compile(schema);
    return z.validate(this.#compiled, value) ? NOTHING : SOMETHING;
  }
}
