import { ConfigError } from "../../errors.js";

/** The longest name, and the longest routing key, in bytes. */
const MAX_BYTES = 255;

/** Names of queues and exchanges. The prefix is escaped, so that no two prefixes share a name. */
export class Names {
  readonly deliver: string;
  readonly topics: string;
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = escaped(prefix);
    this.deliver = `${this.#prefix}:delay.deliver`;
    this.topics = `${this.#prefix}:topics`;
  }

  /** @throws ConfigError `OPTION_INVALID` when it is too long for RabbitMQ. */
  queue(queue: string): string {
    return checked(`${this.#prefix}.${queue}`, queue);
  }

  dead(queue: string): string {
    return checked(`${this.#prefix}:dead.${queue}`, queue);
  }

  delayExchange(level: number): string {
    return `${this.#prefix}:delay.${level}`;
  }

  delayQueue(level: number, digit: number): string {
    return `${this.#prefix}:delay.${level}.${digit}`;
  }

  reply(client: string): string {
    return `${this.#prefix}:reply.${client}`;
  }

  isReply(name: string): boolean {
    return name.startsWith(this.reply(""));
  }
}

/** A text as one word of a routing key or of a topic pattern: without the dot, and without the wildcards `*` and `#`. */
export const escaped = (text: string): string =>
  text.replace(/[%.:*#]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** A routing key, or a name. */
export function checked(name: string, queue: string): string {
  if (Buffer.byteLength(name) <= MAX_BYTES) return name;
  throw new ConfigError(
    "OPTION_INVALID",
    `the queue name ${JSON.stringify(queue)} is too long: RabbitMQ takes ${MAX_BYTES} bytes, prefix included`,
  );
}
