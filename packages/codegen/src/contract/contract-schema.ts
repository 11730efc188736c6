import { z } from "zod";
import { CONTRACT_SCHEMA } from "./canonical.js";
import type { ContractFile } from "./contract-file.js";
import { BUILTINS, type ObjectModel, type Simple, type TupleModel, type TypeModel } from "./type-model.js";

const SIMPLE = ["string", "number", "boolean", "bigint", "null", "undefined", "any", "unknown", "never"] as const;
SIMPLE satisfies readonly Simple[];

const flag = z.literal(true).optional();
const text = z.string();
const type: z.ZodType<TypeModel> = z.lazy(() => z.discriminatedUnion("kind", KINDS)) as z.ZodType<TypeModel>;
const list = z.array(type);

const tuple = z.strictObject({
  kind: z.literal("tuple"),
  elements: z.array(z.strictObject({ name: text.optional(), type, optional: flag, rest: flag })),
});

const object = z.strictObject({
  kind: z.literal("object"),
  properties: z.array(z.strictObject({ name: text, type, optional: flag })),
  index: z.array(z.strictObject({ key: type, value: type })).optional(),
});

const KINDS = [
  z.strictObject({ kind: z.enum(SIMPLE) }),
  z.strictObject({ kind: z.literal("literal"), value: z.union([text, z.number(), z.boolean()]) }),
  z.strictObject({ kind: z.literal("bigint-literal"), value: text.regex(/^-?\d+$/) }),
  z.strictObject({ kind: z.literal("template"), texts: z.array(text), types: list }),
  z.strictObject({ kind: z.literal("array"), element: type }),
  tuple,
  object,
  z.strictObject({ kind: z.literal("map"), key: type, value: type }),
  z.strictObject({ kind: z.literal("set"), element: type }),
  z.strictObject({ kind: z.literal("union"), members: list }),
  z.strictObject({ kind: z.literal("builtin"), name: z.enum(BUILTINS) }),
  z.strictObject({ kind: z.literal("ref"), name: text }),
] as const;

const hash = text.regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits");
const day = text.regex(/^\d{4}-\d{2}-\d{2}$/, "expected a day such as 2026-11-30");

const signature = {
  args: tuple as unknown as z.ZodType<TupleModel>,
  item: type.optional(),
  result: type,
  errors: z.record(text, object as unknown as z.ZodType<ObjectModel>),
};

const past = z.strictObject({ contract: hash, replaced: day.optional(), ...signature });

const task = z.strictObject({
  contract: hash,
  optionsHash: hash,
  options: z.record(text, z.union([text, z.number(), z.boolean()])),
  source: text,
  ...signature,
  history: z.array(past),
});

const contract = z.strictObject({
  schema: z.literal(CONTRACT_SCHEMA),
  tool: text,
  codec: text,
  hash,
  breaking: z.array(z.strictObject({ accepted: day, reason: text, changes: z.array(text) })).optional(),
  types: z.record(text, type),
  tasks: z.record(text, task),
});

/** A contract, or what is wrong with the value, each with its place. */
export function validateContract(
  value: unknown,
): { readonly contract: ContractFile } | { readonly problems: string[] } {
  const parsed = contract.safeParse(value);
  if (parsed.success) return { contract: parsed.data as ContractFile };
  return { problems: parsed.error.issues.map(({ path, message }) => `${path.join(".") || "the file"}: ${message}`) };
}
