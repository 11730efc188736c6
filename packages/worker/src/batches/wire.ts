import type { Job } from "../pool/pool.js";
import type { Verdict } from "../verdict.js";

/** What is known of one call of a batch besides its arguments. */
export type MemberHead = Pick<
  Job,
  "id" | "retries" | "redeliveries" | "rootId" | "parentId" | "ancestors" | "headers" | "contract" | "expires" | "seal"
>;

/** One call of a batch, where it runs. */
export interface Member extends MemberHead {
  /** Encoded. */
  readonly args: Uint8Array;
}

const LENGTH_BYTES = 4;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NOTHING = new Uint8Array();

/** The calls of a batch as the arguments of one job. */
export const packMembers = (jobs: readonly Job[]): Uint8Array =>
  join(
    jobs.map(headOf),
    jobs.map(({ args }) => args),
  );

export function unpackMembers(bytes: Uint8Array): Member[] {
  const { heads, parts } = split(bytes);
  return (heads as MemberHead[]).map((head, i) => ({
    ...head,
    parentId: head.parentId,
    contract: head.contract,
    expires: head.expires,
    seal: head.seal,
    args: parts[i]!,
  }));
}

/** What came of each call as the value of one job. */
export const packVerdicts = (verdicts: readonly Verdict[]): Uint8Array =>
  join(
    verdicts.map((verdict) => (verdict.kind === "success" ? { kind: verdict.kind } : verdict)),
    verdicts.map((verdict) => (verdict.kind === "success" ? verdict.body : NOTHING)),
  );

export function unpackVerdicts(bytes: Uint8Array): Verdict[] {
  const { heads, parts } = split(bytes);
  return (heads as Verdict[]).map((head, i) => (head.kind === "success" ? { kind: "success", body: parts[i]! } : head));
}

const headOf = (job: Job): MemberHead => ({
  id: job.id,
  retries: job.retries,
  redeliveries: job.redeliveries,
  rootId: job.rootId,
  parentId: job.parentId,
  ancestors: job.ancestors,
  headers: job.headers,
  contract: job.contract,
  expires: job.expires,
  seal: job.seal,
});

/** The length of the heads, the heads and the lengths of the parts as JSON, the parts. */
function join(heads: readonly object[], parts: readonly Uint8Array[]): Uint8Array {
  const head = encoder.encode(JSON.stringify({ heads, lengths: parts.map(({ length }) => length) }));
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, LENGTH_BYTES + head.length));
  new DataView(bytes.buffer).setUint32(0, head.length);
  bytes.set(head, LENGTH_BYTES);
  let at = LENGTH_BYTES + head.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function split(bytes: Uint8Array): { readonly heads: readonly unknown[]; readonly parts: readonly Uint8Array[] } {
  const { buffer, byteOffset } = bytes;
  let at = LENGTH_BYTES + new DataView(buffer, byteOffset).getUint32(0);
  const text = decoder.decode(bytes.subarray(LENGTH_BYTES, at));
  const { heads, lengths } = JSON.parse(text) as { heads: unknown[]; lengths: number[] };
  // n.b. copies: what is stored of one call must not hold the bytes of all
  return { heads, parts: lengths.map((length) => bytes.slice(at, (at += length))) };
}
