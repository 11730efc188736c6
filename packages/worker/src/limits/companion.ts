const MARK = "~turns";

/** The queue by which turns of a queue's limited tasks travel, so that none waits behind other tasks. */
export const companionOf = (queue: string): string => `${homeOf(queue)}${MARK}`;

/** The queue whose messages these are. */
export const homeOf = (queue: string): string => (isCompanion(queue) ? queue.slice(0, -MARK.length) : queue);

export const isCompanion = (queue: string): boolean => queue.endsWith(MARK);
