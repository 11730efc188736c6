import type { TaskgenConfig } from "@taskgen/codegen";

export type { TaskgenConfig } from "@taskgen/codegen";

/**
 * Types what `taskgen.config.ts` exports by default.
 *
 * @example
 * ```ts
 * export default defineConfig({ app: "src/app.ts" });
 * ```
 */
export const defineConfig = (config: TaskgenConfig): TaskgenConfig => config;
