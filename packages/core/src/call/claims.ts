import { milliseconds } from "../duration.js";
import { PublishError } from "../errors.js";
import type { Swap } from "../registers.js";
import { keyGiven, keyOf, keyOfAll, registerName } from "./call-keys.js";
import type { Call } from "./call-message.js";
import { againstCopies, marked, type Ending, type GuardPlace, type SendAll } from "./guard-layer.js";

/** For how long one of calls that are the same stands for all. */
export interface Claim {
  readonly registerOf: (call: Call) => string;
  readonly ttlMs: number;
  /** The others are not wanted, nor their result. */
  readonly drops: boolean;
}

/** A claim lasts at least so long while it is not known whether its call was sent. */
const PENDING_MS = 60_000;
/** What a register holds before the id: whether its call was sent, and whether that stores no result. */
const MARKS = { pending: { kept: "p:", ignored: "P:" }, sent: { kept: "s:", ignored: "S:" } } as const;

/** What is said of calls like this one, the outermost last. */
export function claimsOf({ target, options }: Call, { codec }: GuardPlace): Claim[] {
  const { name, dedupe, throttle } = target;
  const claims: Claim[] = [];
  if (throttle !== undefined) {
    const { key, every } = throttle;
    const keyed = (call: Call): string => (key === undefined ? "" : keyOf(call, key));
    const registerOf = (call: Call): string => registerName("throttle", name, keyed(call));
    claims.push({ registerOf, ttlMs: milliseconds(every), drops: false });
  }
  if (dedupe !== undefined) {
    const { key, ttl = "1h", mode = "return" } = dedupe;
    const keyed = (call: Call): string => (key === undefined ? keyOfAll(call, codec) : keyOf(call, key));
    const registerOf = (call: Call): string => registerName("dedupe", name, keyed(call));
    claims.push({ registerOf, ttlMs: milliseconds(ttl), drops: mode === "drop" });
  }
  if (options.idempotencyKey !== undefined) {
    const register = registerName("idempotent", name, keyGiven(options.idempotencyKey));
    claims.push({ registerOf: () => register, ttlMs: milliseconds(options.idempotencyTtl ?? "24h"), drops: false });
  }
  return claims;
}

/**
 * Sends of calls that are the same only the first. Its id is in a register, `p:<id>` until it is known to be sent, then
 * `s:<id>` (`P`, `S` where it stores no result: then none of them has one). Who finds it pending cannot know whether it
 * was: he sends his own call under that id, which the broker recognises, or the worker where the broker does not. So a
 * caller that dies, or loses the answer, keeps nobody from running the call, and nothing runs twice.
 */
export function claiming(claim: Claim, next: SendAll, place: GuardPlace): SendAll {
  return async (calls) => {
    const registers = calls.map(claim.registerOf);
    const held = await place.swap(calls.map((call, i) => pending(registers[i]!, call, claim.ttlMs)));
    const claimed = calls.map((call, i): Claimed => ({ register: registers[i]!, ...parse(held[i], call) }));
    const sends = new Map<string, Claimed>();
    for (const one of claimed) if (!one.isSent && !sends.has(one.firstId)) sends.set(one.firstId, one);
    const ends = await sendAs([...sends.values()], claim, next, place);
    return claimed.map((one) => endingOf(one, ends.get(one.firstId), claim));
  };
}

interface Claimed {
  /** Stores a result if the one does that stands for it. */
  readonly call: Call;
  readonly register: string;
  /** The id of the call that stands for it. */
  readonly firstId: string;
  readonly isSent: boolean;
}

const mark = (state: keyof typeof MARKS, { options }: Call): string =>
  MARKS[state][options.ignoreResult === true ? "ignored" : "kept"];

const pending = (key: string, call: Call, ttlMs: number): Swap => ({
  ...{ key, expected: undefined, next: mark("pending", call) + call.id },
  ttlMs: Math.max(PENDING_MS, ttlMs),
});

function parse(held: string | undefined, call: Call): Omit<Claimed, "register"> {
  if (held === undefined) return { call, firstId: call.id, isSent: false };
  const [state, firstId] = [held.slice(0, 2), held.slice(2)];
  const isIgnored = state === MARKS.pending.ignored || state === MARKS.sent.ignored;
  const isSent = state === MARKS.sent.kept || state === MARKS.sent.ignored;
  const { ignoreResult: _, ...options } = call.options;
  return { call: { ...call, options: { ...options, ...(isIgnored && { ignoreResult: true }) } }, firstId, isSent };
}

/** Sends each under the id that its register has, and notes there that it is sent. */
async function sendAs(
  claimed: readonly Claimed[],
  { ttlMs, drops }: Claim,
  next: SendAll,
  place: GuardPlace,
): Promise<Map<string, Ending | PublishError>> {
  if (claimed.length === 0) return new Map();
  const keep = !drops && ttlMs > place.resultTtlMs;
  const marks = { ...againstCopies(place), ...(keep && { keep: ttlMs }) };
  const ends = await next(claimed.map(({ call, firstId }) => marked({ ...call, id: firstId }, marks)));
  const sent = claimed.flatMap(({ call, register, firstId }, i): Swap[] => {
    const end = ends[i]!;
    if (end instanceof Error) return [];
    return [
      { key: register, expected: mark("pending", call) + firstId, next: mark("sent", end.call) + end.call.id, ttlMs },
    ];
  });
  // n.b. what is still pending is sent again under its id by the next one, which changes nothing
  if (sent.length > 0) await place.swap(sent).catch(() => {});
  return new Map(claimed.map(({ firstId }, i) => [firstId, ends[i]!]));
}

function endingOf(
  { call, firstId, isSent }: Claimed,
  end: Ending | PublishError | undefined,
  { drops }: Claim,
): Ending | PublishError {
  const isFirst = firstId === call.id;
  if (end instanceof Error) return isFirst ? end : ofAnother(end, call);
  const first = end?.call ?? { ...call, id: firstId };
  if (isFirst && !isSent) return end!;
  return { call: first, fate: drops && !isFirst ? "dropped" : "known" };
}

/** n.b. what failed is known under the id of the first. */
const ofAnother = ({ code, message, cause }: PublishError, { id, target }: Call): PublishError =>
  new PublishError(code, message.replace(/^\[\w+\] /, ""), { cause, taskId: id, taskName: target.name });
