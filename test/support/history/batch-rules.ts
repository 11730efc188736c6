import type { Rule } from "./check.js";

/** A call whose worker died runs by itself: any of its batch may have been the reason. */
export const aloneAfterADeath: Rule = ({ starts }, _, { dedupe }) => {
  // n.b. of many copies in one worker it is not known which one runs
  if (!dedupe) return undefined;
  const wrong = starts.find(({ redeliveries, together = 1 }) => redeliveries > 0 && together > 1);
  return wrong && `was redelivered, and ran with ${wrong.together! - 1} others`;
};
