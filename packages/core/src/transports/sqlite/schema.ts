import type { Database } from "./database.js";

const VERSION = 1;

/** The quoted names of one prefix's tables. */
export interface Tables {
  /** Waiting: `owner` and `due` are null. Delayed: `due` is set. Owned: `owner` is set. */
  readonly message: string;
  readonly dead: string;
  /** Owners of messages, one for each transport that consumes, with their lease. */
  readonly worker: string;
  /** Which owner takes from which queue. */
  readonly consumer: string;
  readonly queue: string;
  /** Terminal records; `seq` is in the order of commits, so that a reader knows what is new. */
  readonly result: string;
  readonly event: string;
  readonly revocation: string;
  readonly register: string;
  /** Names of waiting rooms. */
  readonly limitRoom: string;
  /** Slots of limited tasks. */
  readonly limitSlot: string;
  /** Messages in waiting rooms; `given`: until when their turn need not be given again. */
  readonly limitHeld: string;
  /** Keys of limits: their place in the ring, when they are back in it, when the next one may start. */
  readonly limitKey: string;
  readonly stream: string;
  /** Items of streams that were not read yet. */
  readonly item: string;
  /** Broadcasts, kept for moments. */
  readonly topic: string;
  readonly meta: string;
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Two prefixes share a file without meeting: each has tables of its own. */
export function tablesOf(prefix: string): Tables {
  const name = (table: string): string => quote(`${prefix}:${table}`);
  return {
    message: name("message"),
    dead: name("dead"),
    worker: name("worker"),
    consumer: name("consumer"),
    queue: name("queue"),
    result: name("result"),
    event: name("event"),
    revocation: name("revocation"),
    register: name("register"),
    limitRoom: name("limit_room"),
    limitSlot: name("limit_slot"),
    limitHeld: name("limit_held"),
    limitKey: name("limit_key"),
    stream: name("stream"),
    item: name("item"),
    topic: name("topic"),
    meta: name("meta"),
  };
}

/**
 * Makes the tables that are missing.
 * @throws Error when a newer version of this package made them.
 */
export function createTables(db: Database, prefix: string): void {
  const tables = tablesOf(prefix);
  if (!isComplete(db, prefix)) db.write(() => create(db, prefix, tables));
  const version = db.value(`SELECT version FROM ${tables.meta}`);
  if (version !== VERSION) {
    throw new Error(
      `the tables of ${prefix} have version ${String(version)}, this package knows ${VERSION}; use one version of it`,
    );
  }
}

const has = (db: Database, prefix: string, table: string): boolean =>
  db.value("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", `${prefix}:${table}`) === 1;

/** n.b. a file of an earlier version may lack the later tables; who does not know them does without. */
const isComplete = (db: Database, prefix: string): boolean =>
  ["meta", "consumer", "revocation", "register", "limit_key", "stream"].every((table) => has(db, prefix, table));

function create(db: Database, prefix: string, tables: Tables): void {
  if (!has(db, prefix, "meta")) {
    for (const statement of [...createMessages(prefix, tables), ...createResults(prefix, tables)]) db.run(statement);
    db.run(`CREATE TABLE ${tables.meta} (version INTEGER NOT NULL)`);
    db.run(`INSERT INTO ${tables.meta} VALUES (${VERSION})`);
  }
  if (!has(db, prefix, "consumer")) db.run(createConsumers(tables));
  if (!has(db, prefix, "revocation")) for (const statement of createRevocations(prefix, tables)) db.run(statement);
  if (!has(db, prefix, "register")) for (const statement of createRegisters(prefix, tables)) db.run(statement);
  if (!has(db, prefix, "limit_key")) for (const statement of createLimits(prefix, tables)) db.run(statement);
  if (!has(db, prefix, "stream")) for (const statement of createStreams(prefix, tables)) db.run(statement);
}

const ENVELOPE = `id TEXT NOT NULL, queue TEXT NOT NULL, priority INTEGER NOT NULL, eta INTEGER, expires INTEGER, reply_to TEXT`;

function createMessages(prefix: string, { message, dead, worker, queue }: Tables): string[] {
  const index = (name: string): string => `CREATE INDEX ${quote(`${prefix}:${name}`)}`;
  return [
    `CREATE TABLE ${message} (seq INTEGER PRIMARY KEY, ${ENVELOPE}, due INTEGER, owner INTEGER, redeliveries INTEGER NOT NULL,
      body BLOB NOT NULL, UNIQUE (id))`,
    // the ready and the owned in one: a claim moves an entry, which is one page instead of two
    `${index("ready")} ON ${message} (owner, queue, priority DESC, seq) WHERE due IS NULL`,
    `${index("delayed")} ON ${message} (queue, due) WHERE due IS NOT NULL`,
    `CREATE TABLE ${dead} (seq INTEGER PRIMARY KEY, ${ENVELOPE}, reason TEXT NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL)`,
    `${index("dead_queue")} ON ${dead} (queue, seq)`,
    // AUTOINCREMENT: the number of an owner that lost its lease never comes back
    `CREATE TABLE ${worker} (id INTEGER PRIMARY KEY AUTOINCREMENT, lease_until INTEGER NOT NULL)`,
    `CREATE TABLE ${queue} (name TEXT PRIMARY KEY) WITHOUT ROWID`,
  ];
}

const createConsumers = ({ consumer }: Tables): string =>
  `CREATE TABLE IF NOT EXISTS ${consumer} (owner INTEGER, queue TEXT, PRIMARY KEY (owner, queue)) WITHOUT ROWID`;

/** AUTOINCREMENT: a reader that has seen a number never meets it again. */
function createResults(prefix: string, { result, event, topic }: Tables): string[] {
  const index = (name: string): string => `CREATE INDEX ${quote(`${prefix}:${name}`)}`;
  const ending = `ttl INTEGER NOT NULL, expires INTEGER NOT NULL, body BLOB NOT NULL`;
  return [
    `CREATE TABLE ${result} (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, ${ending})`,
    `${index("result_expiry")} ON ${result} (expires)`,
    `CREATE TABLE ${event} (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, number INTEGER NOT NULL, state TEXT NOT NULL,
      ${ending}, UNIQUE (id, number))`,
    `${index("event_expiry")} ON ${event} (expires)`,
    `CREATE TABLE ${topic} (seq INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, expires INTEGER NOT NULL, body BLOB NOT NULL)`,
    `${index("topic_expiry")} ON ${topic} (expires)`,
  ];
}

function createRevocations(prefix: string, { revocation }: Tables): string[] {
  return [
    `CREATE TABLE ${revocation} (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, terminate INTEGER NOT NULL,
      children INTEGER NOT NULL, expires INTEGER NOT NULL)`,
    `CREATE INDEX ${quote(`${prefix}:revocation_expiry`)} ON ${revocation} (expires)`,
  ];
}

const createRegisters = (prefix: string, { register }: Tables): string[] => [
  `CREATE TABLE ${register} (seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, value TEXT NOT NULL, expires INTEGER NOT NULL)`,
  `CREATE INDEX ${quote(`${prefix}:register_expiry`)} ON ${register} (expires)`,
];

function createLimits(prefix: string, { limitRoom, limitSlot, limitHeld, limitKey }: Tables): string[] {
  const index = (name: string): string => `CREATE INDEX ${quote(`${prefix}:${name}`)}`;
  return [
    `CREATE TABLE ${limitRoom} (name TEXT PRIMARY KEY) WITHOUT ROWID`,
    `CREATE TABLE ${limitSlot} (room TEXT, id TEXT, key TEXT NOT NULL, holder TEXT NOT NULL, start REAL NOT NULL,
      until REAL NOT NULL, PRIMARY KEY (room, id)) WITHOUT ROWID`,
    `${index("limit_slot_key")} ON ${limitSlot} (room, key)`,
    `${index("limit_slot_until")} ON ${limitSlot} (room, until)`,
    `CREATE TABLE ${limitHeld} (room TEXT NOT NULL, key TEXT NOT NULL, place INTEGER NOT NULL, given REAL, ${ENVELOPE},
      body BLOB NOT NULL, UNIQUE (room, id))`,
    `${index("limit_held_line")} ON ${limitHeld} (room, key, place) WHERE given IS NULL`,
    `${index("limit_held_given")} ON ${limitHeld} (room, given) WHERE given IS NOT NULL`,
    `CREATE TABLE ${limitKey} (room TEXT, key TEXT, turn INTEGER, due REAL, pace REAL, PRIMARY KEY (room, key)) WITHOUT ROWID`,
    `${index("limit_key_turn")} ON ${limitKey} (room, turn) WHERE turn IS NOT NULL`,
    `${index("limit_key_due")} ON ${limitKey} (room, due) WHERE due IS NOT NULL`,
  ];
}

/** n.b. a stream goes with its items, whatever removes it. */
function createStreams(prefix: string, { stream, item }: Tables): string[] {
  return [
    `CREATE TABLE ${stream} (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, written INTEGER NOT NULL,
      read INTEGER NOT NULL, ended INTEGER NOT NULL, ttl INTEGER NOT NULL, expires INTEGER NOT NULL)`,
    `CREATE INDEX ${quote(`${prefix}:stream_expiry`)} ON ${stream} (expires)`,
    `CREATE TABLE ${item} (stream INTEGER, number INTEGER, body BLOB NOT NULL, PRIMARY KEY (stream, number)) WITHOUT ROWID`,
    `CREATE TRIGGER ${quote(`${prefix}:stream_gone`)} AFTER DELETE ON ${stream}
      BEGIN DELETE FROM ${item} WHERE stream = old.seq; END`,
  ];
}
