import { z } from "zod";
import { closestName } from "./closest-name.js";
import type { TaskgenConfig } from "./config.js";

const text = z.string().min(1);

const schema = z.strictObject({
  include: z.array(text).min(1).optional(),
  exclude: z.array(text).optional(),
  outDir: text.optional(),
  rootDir: text.optional(),
  app: z
    .string()
    .regex(/^[^#]+(?:#[A-Za-z_$][\w$]*)?$/, 'expected a path such as "src/app.ts" or "src/app.ts#name"')
    .optional(),
  importExtension: z.enum(["auto", ".js", ".ts", ""]).optional(),
});

/** Something wrong with a configuration, at one of its keys. */
export interface ConfigProblem {
  readonly key: string | undefined;
  readonly message: string;
  readonly fix?: string;
}

/** Checks what a configuration file exports. */
export function validateConfig(
  value: unknown,
): { readonly config: TaskgenConfig } | { readonly problems: ConfigProblem[] } {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { config: parsed.data as TaskgenConfig };
  return { problems: parsed.error.issues.flatMap(describe) };
}

function describe(issue: z.core.$ZodIssue): ConfigProblem[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map(unknownKey);
  const [key] = issue.path;
  return [{ key: key?.toString(), message: `${issue.path.join(".") || "the configuration"}: ${issue.message}` }];
}

function unknownKey(key: string): ConfigProblem {
  const meant = closestName(key, Object.keys(schema.shape));
  const fix = meant === undefined ? `use one of ${Object.keys(schema.shape).join(", ")}` : `did you mean "${meant}"?`;
  return { key, message: `"${key}" is not a setting`, fix };
}
