import type { Rule } from "./check.js";
import { isGone } from "./lives.js";

/** Who reads alone reads each item once and in order, and nothing after the end. */
export const itemsInOrder: Rule = (life) => {
  const next = new Map<string, number>();
  for (const { by, number, index } of life.of("item")) {
    const expected = next.get(by) ?? 1;
    if (number !== expected) return `gave ${by} item ${number} in place of item ${expected}`;
    if (life.of("read").some((end) => end.by === by && end.index < index)) return `gave ${by} an item after its end`;
    next.set(by, expected + 1);
  }
  return undefined;
};

/** A stream ends once: with its last item where its task succeeded, otherwise with an error. */
export const streamsEnd: Rule = (life, lives) => {
  const isSuccess = life.outcomes.some(({ state }) => state === "SUCCESS");
  for (const { by, how } of life.of("read")) {
    if (life.of("read").filter((one) => one.by === by).length > 1) return `ended more than once for ${by}`;
    if (how === "left") continue;
    const items = life.of("item").filter((one) => one.by === by).length;
    const all = life.call?.items ?? items;
    if (how === "end" && items < all) return `ended for ${by} after ${items} of ${all} items`;
    if (how === "end" && life.outcomes.length > 0 && !isSuccess) return `ended for ${by}, although it came to no value`;
    if (how !== "end" && isSuccess) return `failed for ${by} with "${how}", although it came to its value`;
  }
  const reader = life.of("reads").find(({ by }) => !isGone(by, lives) && !life.of("read").some((one) => one.by === by));
  return reader && life.outcomes.length > 0
    ? `came to ${life.outcomes[0]!.state}, but ${reader.by} still reads`
    : undefined;
};
