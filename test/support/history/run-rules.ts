import type { Rule } from "./check.js";

/** Retries end. */
export const retriesEnd: Rule = ({ starts, call }) => {
  const over = starts.find(({ retries }) => call !== undefined && retries > call.maxRetries);
  return over && `was retried ${over.retries} times; ${call?.maxRetries} are allowed`;
};

/** Tasks whose workers die are given up. */
export const redeliveriesEnd: Rule = ({ starts }, _, { maxRedeliveries }) => {
  const over = starts.find(({ redeliveries }) => redeliveries > maxRedeliveries);
  return over && `ran after ${over.redeliveries} redeliveries; ${maxRedeliveries} are allowed`;
};

/** Every run has a delivery of its own. */
export const noRunWithoutDelivery: Rule = (life, _, { tellsClaims }) => {
  const [claims, runs] = [life.of("claimed").length, life.starts.length];
  return tellsClaims && runs > claims ? `ran ${runs} times of ${claims} deliveries` : undefined;
};

/** What is acknowledged before it runs, runs at most once for each retry. */
export const earlyAtMostOnce: Rule = ({ starts, call }, _, { dedupe }) => {
  if (call?.early !== true || !dedupe) return undefined;
  const seen = new Set<number>();
  const again = starts.find(({ retries }) => seen.size === seen.add(retries).size);
  return again && `is acknowledged early, and ran twice as retry ${again.retries}`;
};

/** A message that is sent again is the same message. */
export const sentOnce: Rule = (life, _, { dedupe, tellsClaims }) => {
  // n.b. any call that is the same may be sent under its id
  if (!dedupe || !tellsClaims || life.call?.sameAs !== undefined) return undefined;
  const retries = life.of("settled").filter(({ to }) => to === "retry").length;
  const turns = life.of("turn").length;
  // n.b. one that had its turn goes back to its own queue to be a dead letter
  const early =
    life.call?.early === true ? Math.max(turns > 0 ? 1 : 0, ...life.starts.map((start) => start.retries + 1)) : 0;
  const enqueued = life.of("enqueued").length;
  return enqueued > 1 + retries + early + turns ? `was enqueued ${enqueued} times, with ${retries} retries` : undefined;
};

/** Not before it is due, nor when it has expired. */
export const inTime: Rule = (life) => {
  const { call, starts } = life;
  // n.b. one that is the same may be sent under its id, with times of its own; a stream asks first how much of it is stored
  if (call?.sameAs !== undefined || call?.items !== undefined) return undefined;
  const early = starts.find(({ at, retries }) => call?.eta !== undefined && retries === 0 && at < call.eta);
  if (early !== undefined) return `ran ${call!.eta! - early.at} ms before it was due`;
  const late = starts.find(({ at }) => call?.expires !== undefined && at >= call.expires);
  if (late !== undefined) return `ran ${late.at - call!.expires!} ms after it had expired`;
  const claims = life.of("claimed");
  const undue = life
    .of("enqueued")
    .some(({ message, eta = 0, index }) =>
      claims.some((claim) => claim.message === message && claim.index > index && claim.at < eta),
    );
  return undue ? "was delivered before it was due" : undefined;
};

/** A redelivered task whose end its worker has seen does not run. */
export const notAfterItsEnd: Rule = (life, _, { tellsClaims, dedupe }) => {
  // n.b. of many copies in one worker each is looked for apart
  if (!tellsClaims || !dedupe) return undefined;
  for (const start of life.starts.filter(({ redeliveries }) => redeliveries > 0)) {
    const since = life
      .of("claimed")
      .findLast((one) => one.by === start.by && one.index < start.index && one.redeliveries === start.redeliveries);
    const looked = life
      .of("looked")
      .findLast(({ by, index }) => by === start.by && index < start.index && index > (since?.index ?? 0));
    if (looked === undefined) return `was redelivered, and ${start.by} ran it without looking whether it had ended`;
    if (looked.found === "record")
      return `was redelivered, and ${start.by} ran it although it had seen that it had ended`;
  }
  return undefined;
};

/** A worker that starts after a task was revoked never runs it. */
export const revokedForNewWorkers: Rule = (life, { processes }) => {
  const revoked = life.of("revoke").find(({ done }) => done);
  if (revoked === undefined) return undefined;
  const wrong = life.starts.find(({ by }) => {
    const began = processes
      .get(by)
      ?.of("process")
      .find(({ what }) => what === "starts");
    return began !== undefined && began.index > revoked.index;
  });
  return wrong && `was revoked before ${wrong.by} started, which ran it all the same`;
};
