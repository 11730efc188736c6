import type { Channel, GetMessage, Replies } from "amqplib";
import { TaskgenError } from "../../errors.js";
import type { DeadLetter, QueueDepth } from "../../powers.js";
import type { Connection } from "./connection.js";
import { within } from "../within.js";
import { interrupted, NOT_FOUND, replyCode, unavailable } from "./failure.js";
import type { Names } from "./names.js";
import { obituary, read } from "./properties.js";
import type { Session } from "./session.js";

/** How long an answer may take, a connection included. */
const LIMIT_MS = 5_000;
/** The same for going through all dead letters of a queue. */
const SEARCH_LIMIT_MS = 60_000;

export interface InspectionOptions {
  readonly connection: Connection;
  readonly names: Names;
  /** How many messages of a queue this process owns. */
  readonly owned: (queue: string) => number;
}

/**
 * What RabbitMQ tells without its management plugin. Of a queue's messages it does not tell who owns how many: `owned` is
 * what this process owns. Delayed messages of all queues share the delay queues: `delayed` is 0, and they are not purged.
 */
export class Inspection {
  readonly #options: InspectionOptions;

  constructor(options: InspectionOptions) {
    this.#options = options;
  }

  async depths(queues: readonly string[]): Promise<QueueDepth[]> {
    const { names, owned } = this.#options;
    return this.#inSession(async (session) => {
      const depths: QueueDepth[] = [];
      for (const queue of queues) {
        const { messageCount: waiting, consumerCount: consumers } = await stateOf(session, names.queue(queue));
        const { messageCount: dead } = await stateOf(session, names.dead(queue));
        depths.push({ queue, waiting, delayed: 0, owned: owned(queue), dead, consumers });
      }
      return depths;
    });
  }

  /** Looks at dead letters and hands them back: none is lost when this process dies meanwhile. */
  async dead(queue: string, limit: number): Promise<DeadLetter[]> {
    const name = this.#options.names.dead(queue);
    const messages = await this.#inSession((session) =>
      ifThere([], () => session.scratch((channel) => look(channel, name, limit))),
    );
    return messages.map((message) => ({
      envelope: read(message, queue, () => UNKNOWN).envelope,
      ...obituary(message),
    }));
  }

  /** Looks through all that there are: the broker finds none by its id. */
  async removeDead(queue: string, ids: readonly string[]): Promise<number> {
    const name = this.#options.names.dead(queue);
    const wanted = new Set(ids);
    const search = (session: Session): Promise<number> =>
      ifThere(0, () => session.scratch((channel) => remove(channel, name, wanted)));
    return this.#inSession(search, SEARCH_LIMIT_MS);
  }

  /** Removes what waits. */
  async purge(queue: string): Promise<number> {
    const name = this.#options.names.queue(queue);
    const purge = async (channel: Channel): Promise<number> => (await channel.purgeQueue(name)).messageCount;
    return this.#inSession((session) => ifThere(0, () => session.scratch(purge)));
  }

  async #inSession<T>(run: (session: Session) => Promise<T>, limitMs = LIMIT_MS): Promise<T> {
    const { connection } = this.#options;
    const { location } = connection;
    const late = (): Error =>
      connection.reason ?? unavailable(`${location} did not answer within ${limitMs} ms`, { certain: false });
    try {
      const asked = connection.during(async () => run(await connection.session()));
      return await within(asked, AbortSignal.timeout(limitMs), late);
    } catch (error) {
      throw error instanceof TaskgenError ? error : interrupted(location, error);
    }
  }
}

/** The id of messages that have none. */
const UNKNOWN = "unknown";

const stateOf = (session: Session, queue: string): Promise<Replies.AssertQueue> =>
  ifThere({ queue, messageCount: 0, consumerCount: 0 }, () => session.scratch((channel) => channel.checkQueue(queue)));

async function look(channel: Channel, name: string, limit: number): Promise<GetMessage[]> {
  const messages: GetMessage[] = [];
  while (messages.length < limit) {
    const message = await channel.get(name);
    if (message === false) break;
    messages.push(message);
  }
  await handBack(channel, name, messages.length);
  return messages;
}

/** n.b. messages that are handed back wait behind this channel, not in front of it. */
async function remove(channel: Channel, name: string, ids: ReadonlySet<string>): Promise<number> {
  let [removed, kept] = [0, 0];
  for (let left = (await channel.checkQueue(name)).messageCount; left > 0; left--) {
    const message = await channel.get(name);
    if (message === false) break;
    if (ids.has(read(message, "", () => UNKNOWN).envelope.id)) {
      channel.ack(message);
      removed++;
    } else kept++;
  }
  await handBack(channel, name, kept);
  return removed;
}

/** How often, and how many milliseconds apart, to look whether messages are back. */
const LOOKS = 40;
const LOOK_MS = 25;

/** Hands back what the channel holds, and waits until it is there again: a quorum queue takes its time. */
async function handBack(channel: Channel, name: string, count: number): Promise<void> {
  if (count > 0) channel.nackAll(true);
  for (let looks = 0; looks < LOOKS && (await channel.checkQueue(name)).messageCount < count; looks++) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  await channel.close();
}

/** What there is, or `otherwise` when there is no such queue. */
async function ifThere<T>(otherwise: T, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (replyCode(error) === NOT_FOUND) return otherwise;
    throw error;
  }
}
