/**
 * What generated clients import besides the public names. No promise of stability.
 *
 * n.b. apart from `internal.ts`: a bundler that splits code loads with a client whatever its imports re-export.
 * @module
 */
export { stub } from "./call/stub.js";
