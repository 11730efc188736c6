/** Something was written to a stream. */
export const readerTopic = (id: string): string => `stream:${id}`;

/** Something was read from it. */
export const writerTopic = (id: string): string => `stream-read:${id}`;
