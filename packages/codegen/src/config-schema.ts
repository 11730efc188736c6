import { z } from "zod";
import { closestName } from "./closest-name.js";
import type { TaskgenConfig } from "./config.js";

const text = z.string().min(1);

const level = z.enum(["error", "warning", "off"]).optional();

const client = z.strictObject({ mode: z.enum(["source", "contract"]).optional(), validators: z.boolean().optional() });

const serialization = z.strictObject({
  any: level,
  unknown: level,
  optionalFunction: level,
  registered: z.array(text).optional(),
});

const contract = z.strictObject({
  file: text.optional(),
  mode: z.enum(["backlog", "full", "full-transitive", "none"]).optional(),
  historyDays: z.number().int().min(0).optional(),
  schema: text.optional(),
});

const worker = z.strictObject({ setup: z.union([text, z.array(text)]).optional() });

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
  client: client.optional(),
  validators: z.boolean().optional(),
  serialization: serialization.optional(),
  contract: contract.optional(),
  worker: worker.optional(),
});

/** The settings that can stand beside a key, for the suggestion of a misspelt one. */
const SETTINGS: Readonly<Record<string, z.ZodObject>> = { "": schema, client, serialization, contract, worker };

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
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(issue.path.join("."), key));
  const [key] = issue.path;
  return [{ key: key?.toString(), message: `${issue.path.join(".") || "the configuration"}: ${issue.message}` }];
}

function unknownKey(section: string, key: string): ConfigProblem {
  const names = Object.keys((SETTINGS[section] ?? schema).shape);
  const meant = closestName(key, names);
  const fix = meant === undefined ? `use one of ${names.join(", ")}` : `did you mean "${meant}"?`;
  return { key, message: `"${section === "" ? key : `${section}.${key}`}" is not a setting`, fix };
}
