/**
 * A schema of any library that follows the Standard Schema specification, version 1 (standardschema.dev): zod, valibot,
 * arktype and others. The specification asks for its types to be copied rather than depended upon.
 */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly "~standard": StandardProps<Input, Output>;
}

/** What a schema tells of itself. */
export interface StandardProps<Input = unknown, Output = Input> {
  readonly version: 1;
  readonly vendor: string;
  readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
  /** For the compiler alone. */
  readonly types?: { readonly input: Input; readonly output: Output } | undefined;
}

/** What became of a value: its output, or what does not fit. */
export type StandardResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly StandardIssue[] };

/** One thing that does not fit. */
export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a schema takes. `SchemaInput<typeof z.coerce.date()>` is `unknown`. */
export type SchemaInput<S> = TypesOf<S> extends { readonly input: infer I } ? I : unknown;

/** What a schema gives. */
export type SchemaOutput<S> = TypesOf<S> extends { readonly output: infer O } ? O : unknown;

type TypesOf<S> = S extends { readonly "~standard": { readonly types?: infer T } } ? NonNullable<T> : undefined;
