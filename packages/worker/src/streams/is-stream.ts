import type { TaskDefinition } from "@taskgen/core";

/** Whether calling a function gives an async generator. */
export const isStream = ({ fn }: TaskDefinition): boolean =>
  (fn as { readonly [Symbol.toStringTag]?: string })[Symbol.toStringTag] === "AsyncGeneratorFunction";

/** It is one, and its items are not dropped. */
export const keepsItems = (definition: TaskDefinition): boolean =>
  isStream(definition) && definition.options.ignoreResult !== true;
