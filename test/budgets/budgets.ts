/** How much there may be of something that is counted. */
export interface Budget {
  /** What is counted, and in what. */
  readonly what: string;
  /** No more than this. */
  readonly most: number;
}

/**
 * What a task, a call, an idle worker and a client may cost. All of it is counted, by a server, on a wire, or in a process;
 * none is a time. docs/performance.md shows this table.
 */
export const BUDGETS = {
  "bundle.first": { what: "client: bytes that a bundle loads first", most: 9_600 },
  "bundle.call": { what: "client: bytes that it has loaded after a plain call, without its transport", most: 13_800 },
  "redis.trips": { what: "Redis: round trips for a task, of many", most: 0.05 },
  "redis.task": { what: "Redis: commands inside the server for a task, of many", most: 3 },
  "redis.call": {
    what: "Redis: commands inside the server for a call that is awaited, transport and results alone",
    most: 10.5,
  },
  "redis.called": { what: "Redis: commands inside the server for a call that is awaited, all told", most: 15 },
  "redis.idle": { what: "Redis: commands inside the server of an idle worker, in a second", most: 1 },
  "amqp.publish": { what: "RabbitMQ: messages published for a task, of many", most: 2 },
  "amqp.deliver": { what: "RabbitMQ: messages delivered for a task, of many", most: 2 },
  "amqp.ack": { what: "RabbitMQ: acknowledgements sent for a task, of many", most: 0.1 },
  "amqp.confirm": { what: "RabbitMQ: confirms received for a task, of many", most: 0.5 },
  "amqp.frames": { what: "RabbitMQ: frames for a task both ways but for confirms, of many", most: 12.2 },
  "amqp.idle": { what: "RabbitMQ: frames of an idle worker but for heartbeats, in a second", most: 0 },
  "sqlite.task": { what: "SQLite: transactions for a task, of many", most: 0.03 },
  "sqlite.call": { what: "SQLite: transactions for a call that is awaited", most: 3.2 },
  "sqlite.idle": { what: "SQLite: transactions of an idle worker, in a second", most: 0.3 },
  "posts.task": { what: "posts between threads for a task both ways, of many", most: 0.04 },
  "posts.call": { what: "posts between threads for a task alone", most: 2 },
  "message.bytes": { what: "bytes of the message of `add(1, 2)`", most: 26 },
  "message.id": { what: "characters of an id", most: 36 },
  "program.files": {
    what: "files of types in the program of a consumer of a portable package, the language aside",
    most: 65,
  },
  "modules.worker": { what: "files that the main thread of an idle worker loads", most: 48 },
  "modules.thread": { what: "files that its pool thread loads", most: 34 },
  "idle.memory": { what: "megabytes of an idle worker with one thread", most: 77 },
} as const satisfies Readonly<Record<string, Budget>>;

export type BudgetName = keyof typeof BUDGETS;
