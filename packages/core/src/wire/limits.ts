/** Bounds on what a decoder accepts and an encoder sends. */
export interface CodecLimits {
  /** Bytes of one encoded value. @default 8 MiB */
  readonly maxBytes: number;
  /** Objects and arrays within one another. @default 64 */
  readonly maxDepth: number;
  /** Items, properties, keys and members in all. @default 1,000,000 */
  readonly maxNodes: number;
  /** Digits of one bigint. @default 4,096 */
  readonly maxBigintDigits: number;
}

export const DEFAULT_LIMITS: CodecLimits = {
  maxBytes: 8 * 1024 * 1024,
  maxDepth: 64,
  maxNodes: 1_000_000,
  maxBigintDigits: 4096,
};
