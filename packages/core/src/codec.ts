/**
 * The whole codec, for taskgen's own packages. No promise of stability.
 *
 * n.b. apart from `internal.ts`: the main thread of a worker writes no values, and loads none of what does.
 * @module
 */
export { createCodec, type Codec } from "./wire/codec.js";
