/** The priorities, 9 first: the order in which lists are emptied and in which scripts are given them. */
export const PRIORITIES = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0] as const;

/**
 * The names of all keys. Those of one queue share a hash tag, so that a Cluster keeps them together.
 *
 * | key | type | holds |
 * | --- | --- | --- |
 * | `{prefix:queue}:w0` … `:w9` | list | messages that wait, the next one at the head |
 * | `{prefix:queue}:d` | zset | delayed messages, scored by the time they are due |
 * | `{prefix:queue}:x` | list | dead letters, the newest at the head |
 * | `{prefix:queue}:bell` | list | tokens without data: something is there to fetch |
 * | `{prefix:queue}:c` | hash | consumers: `1` alive, `x<time>` reaped; `#due` the earliest delayed message, `#<n>` priority n is in use |
 * | `{prefix:queue}:l:<consumer>` | string | the consumer's lease: lives as long as it is renewed; `0` while it takes nothing |
 * | `{prefix:queue}:p:<consumer>` | hash | messages it owns, by id; `.` its last fetch |
 * | `{prefix:queue}:h:<consumer>` | list | the one message it owns without having fetched it by a script |
 * | `{prefix:queue}:n:<id>` | string | Cluster only: marker of a message |
 * | `prefix:r:<id>` | string | marker of a message that is on its way, then the terminal record, or for a while that it ended without one |
 * | `prefix:e:<id>` | list | events of a task |
 * | `prefix:s:<id>` | hash | a stream: its items by number, and how far it has come |
 * | `prefix:revoked` | zset | ids of revoked tasks, scored by when that ends, in ms times 4, plus 1 to terminate, plus 2 for children |
 * | `prefix:g:<key>` | string | what a register holds |
 * | `{prefix:limit:room}:s` | hash | slots of a limited task, by id: `<start> <until> <holder> <key>`, no holder as long as nobody took it |
 * | `{prefix:limit:room}:l` | zset | the same ids, scored by when the slot is free again |
 * | `{prefix:limit:room}:n` | hash | how many slots each key has |
 * | `{prefix:limit:room}:p` | zset | keys, scored by when the next one may start; the empty one is the room's |
 * | `{prefix:limit:room}:w` | zset | who waits, all with score 0: `<key>`, a zero byte, `<place>`, a zero byte, `<id>` |
 * | `{prefix:limit:room}:e` | hash | messages in the room, by id: `<place> <key>`, a line feed, the queue, a line feed, the message |
 * | `{prefix:limit:room}:g` | zset | ids whose turn was given, scored by when it is given again |
 * | `{prefix:limit:room}:r` | zset | the ring: keys with waiting messages, scored by their turn |
 * | `{prefix:limit:room}:o` | zset | keys that are put off, scored by until when |
 * | `{prefix:limit:room}:c` | hash | counters: `back` and `front` of places, `turn` and `head` of the ring |
 * | `prefix:rooms` | set | names of the limited tasks that there ever were |
 * | `prefix:queues` | set | names of the queues that were declared or used |
 * | `prefix:reply:<client>`, `prefix:e:<id>`, `prefix:t:<topic>` | channel | results of a client's calls, events, broadcasts |
 * | `prefix:s:<id>`, `prefix:sr:<id>` | channel | something was written to a stream, something was read |
 */
export class Keys {
  readonly #prefix: string;
  readonly #queues = new Map<string, QueueKeys>();

  constructor(prefix: string) {
    // n.b. encoded, a prefix holds neither a colon nor a brace: "a:b" and queue "c" is not "a" and queue "b:c"
    this.#prefix = encodeURIComponent(prefix);
  }

  get queues(): string {
    return `${this.#prefix}:queues`;
  }

  get rooms(): string {
    return `${this.#prefix}:rooms`;
  }

  get revoked(): string {
    return `${this.#prefix}:revoked`;
  }

  /** In the order in which the scripts of limits are given them. */
  room(name: string): readonly string[] {
    return ["s", "l", "n", "p", "w", "e", "g", "r", "o", "c"].map((key) => `{${this.#prefix}:limit:${name}}:${key}`);
  }

  /** n.b. made once for each queue: fourteen new texts for a call cost more than its message. */
  queue(name: string): QueueKeys {
    let keys = this.#queues.get(name);
    if (keys === undefined) this.#queues.set(name, (keys = new QueueKeys(`{${this.#prefix}:${name}}`)));
    return keys;
  }

  result(id: string): string {
    return `${this.#prefix}:r:${id}`;
  }

  /** Both the list of events and the channel that announces them. */
  events(id: string): string {
    return `${this.#prefix}:e:${id}`;
  }

  register(key: string): string {
    return `${this.#prefix}:g:${key}`;
  }

  stream(id: string): StreamKeys {
    const stream = `${this.#prefix}:s:${id}`;
    return { stream, streamReader: stream, streamWriter: `${this.#prefix}:sr:${id}` };
  }

  topic(topic: string): string {
    return `${this.#prefix}:t:${topic}`;
  }

  reply(client: string): string {
    return `${this.#prefix}:reply:${client}`;
  }
}

/** The key of one stream, and the channels on which its two sides are told. */
export interface StreamKeys {
  readonly stream: string;
  readonly streamReader: string;
  readonly streamWriter: string;
}

/** The keys of one queue. */
export class QueueKeys {
  readonly consumers: string;
  readonly bell: string;
  readonly delayed: string;
  readonly dead: string;
  /** One for each of `PRIORITIES`. */
  readonly waiting: readonly string[];
  /** What scripts are given first, in their order. */
  readonly shared: readonly string[];
  readonly #tag: string;

  constructor(tag: string) {
    this.#tag = tag;
    this.consumers = `${tag}:c`;
    this.bell = `${tag}:bell`;
    this.delayed = `${tag}:d`;
    this.dead = `${tag}:x`;
    this.waiting = PRIORITIES.map((priority) => `${tag}:w${priority}`);
    this.shared = [this.consumers, this.bell, this.delayed, ...this.waiting];
  }

  lease(consumer: string): string {
    return `${this.#tag}:l:${consumer}`;
  }

  owned(consumer: string): string {
    return `${this.#tag}:p:${consumer}`;
  }

  hand(consumer: string): string {
    return `${this.#tag}:h:${consumer}`;
  }

  marker(id: string): string {
    return `${this.#tag}:n:${id}`;
  }
}
