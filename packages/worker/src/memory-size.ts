import { ConfigError } from "@taskgen/core";

/** An amount of memory with its unit: `"800kB"`, `"512MB"`, `"1.5GB"`. 1 MB is 1,024 kB, 1 kB is 1,024 bytes. */
export type MemorySize = `${number}${"kB" | "MB" | "GB"}`;

const BYTES_PER_UNIT = { kB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 } as const;

/** The bytes of a size; undefined when the text is none, or is zero. */
export function bytesOf(size: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(kB|MB|GB)$/.exec(size);
  if (match === null) return undefined;
  return Math.round(Number(match[1]) * BYTES_PER_UNIT[match[2] as keyof typeof BYTES_PER_UNIT]) || undefined;
}

/** @throws ConfigError `OPTION_INVALID` */
export function bytes(option: string, size: MemorySize): number {
  const count = bytesOf(size);
  if (count !== undefined) return count;
  throw new ConfigError(
    "OPTION_INVALID",
    `${option} is ${JSON.stringify(size)}; write a number and a unit, such as "800kB", "512MB" or "1.5GB"`,
  );
}
