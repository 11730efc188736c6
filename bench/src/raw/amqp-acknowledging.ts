import type { Channel, ConsumeMessage } from "amqplib";

/** Consumes a queue and acknowledges all that one piece of the stream brought at once, when `done` says so. */
export async function consume(
  channel: Channel,
  queue: string,
  on: { readonly message: (message: ConsumeMessage) => void; readonly done: () => Promise<void> },
): Promise<void> {
  let last: ConsumeMessage | undefined;
  const acknowledge = async (): Promise<void> => {
    const upTo = last!;
    last = undefined;
    await on.done();
    channel.ack(upTo, true);
  };
  await channel.consume(queue, (message) => {
    if (message === null) throw new Error(`${queue} was deleted`);
    on.message(message);
    if (last === undefined) setImmediate(() => void acknowledge());
    last = message;
  });
}
