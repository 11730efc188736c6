import { createHash } from "node:crypto";
import { ConfigError } from "../../errors.js";
import { NotServing } from "./failure.js";
import { createFunctions } from "./functions.js";
import type { Session } from "./session.js";

const VERSION = 1;
const OLDEST_SERVER = 12;
/** What Postgres does with longer names is to cut them, and two of them would meet. */
const LONGEST_NAME = 63;

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const hashOf = (text: string): Buffer => createHash("sha256").update(text).digest();

/** The names of one prefix: a schema of its own, so that two prefixes share a database without meeting. */
export class Schema {
  /** Quoted. */
  readonly name: string;
  /** Where changes are told; holds nothing that needs quotes within quotes. */
  readonly channel: string;
  /** The first half of this prefix's advisory locks. */
  readonly lock: number;

  /** @throws ConfigError `OPTION_INVALID` */
  constructor(prefix: string) {
    const isPossible = Buffer.byteLength(prefix) <= LONGEST_NAME && !/^$|\0|^pg_/.test(prefix);
    if (!isPossible) {
      throw new ConfigError(
        "OPTION_INVALID",
        `the prefix ${JSON.stringify(prefix)} cannot be the name of a Postgres schema: use 1 to ${LONGEST_NAME} bytes, not beginning with pg_`,
      );
    }
    const hash = hashOf(`taskgen:${prefix}`);
    this.name = quote(prefix);
    this.channel = `taskgen_${hash.toString("hex", 0, 16)}`;
    this.lock = hash.readInt32BE(16);
  }

  /** A table or function of this schema. */
  of(name: string): string {
    return `${this.name}.${name}`;
  }
}

/**
 * Makes what is missing. Whoever starts at the same time waits.
 * @throws ConfigError `OPTION_INVALID` when the server is too old, or a newer version of this package made the tables.
 */
export async function ensureSchema(session: Session, schema: Schema, location: string): Promise<void> {
  const [server] = await session.query({
    text: "SELECT current_setting('server_version_num')::int AS version, pg_is_in_recovery() AS standby",
  });
  const { version, standby } = server as { version: number; standby: boolean };
  if (version < OLDEST_SERVER * 10_000) {
    throw new ConfigError("OPTION_INVALID", `${location} is older than Postgres ${OLDEST_SERVER}, which is needed`);
  }
  if (standby) throw new NotServing("the server is a standby");
  const present = (await versionOf(session, schema)) ?? (await create(session, schema));
  if (present === VERSION) return;
  throw new ConfigError(
    "OPTION_INVALID",
    `${location}: the tables of the schema ${schema.name} have version ${present}, this package knows ${VERSION}; use one version of it`,
  );
}

async function versionOf(session: Session, schema: Schema): Promise<number | undefined> {
  const [found] = await session.query({ text: EXISTS }, [schema.of("version")]);
  if (found!["there"] !== true) return undefined;
  const [row] = await session.query({ text: `SELECT version FROM ${schema.of("version")}` });
  return row?.["version"] as number | undefined;
}

const EXISTS = "SELECT to_regclass($1) IS NOT NULL AS there";

function create(session: Session, schema: Schema): Promise<number> {
  return session.transaction(async (query) => {
    await query(`SELECT pg_advisory_xact_lock(${schema.lock}, 0)`);
    const literal = `'${schema.name.replaceAll("'", "''")}'`;
    const [there] = await query(
      `SELECT to_regnamespace(${literal}) IS NOT NULL AS schema, to_regclass(${literal} || '.version') IS NOT NULL AS tables`,
    );
    if (there!["tables"] !== true) {
      if (there!["schema"] !== true) await query(`CREATE SCHEMA ${schema.name}`);
      for (const statement of [...createFunctions(schema), ...createTables(schema)]) await query(statement);
    }
    const [row] = await query(`SELECT version FROM ${schema.of("version")}`);
    return row!["version"] as number;
  });
}

/** n.b. COLLATE "C": ids and keys are compared by their bytes, which is faster, and the same on every server. */
const ID = `text COLLATE "C"`;

function createTables(schema: Schema): string[] {
  const table = (name: string, columns: string): string => `CREATE TABLE ${schema.of(name)} (${columns})`;
  const expiry = (name: string): string => `CREATE INDEX ON ${schema.of(name)} (expires_at)`;
  const json = schema.of("json_of(body)");
  const ending = "ttl_ms bigint NOT NULL, expires_at timestamptz NOT NULL";
  return [
    table(
      "results",
      `id ${ID} PRIMARY KEY, task text, state text NOT NULL, finished_at timestamptz NOT NULL, ${ending},
       value jsonb GENERATED ALWAYS AS (CASE WHEN state = 'SUCCESS' THEN ${json} END) STORED,
       error jsonb GENERATED ALWAYS AS (CASE WHEN state <> 'SUCCESS' THEN ${json} END) STORED,
       reply_to text, body bytea NOT NULL`,
    ),
    table("event_heads", `id ${ID} PRIMARY KEY, seq bigint NOT NULL, expires_at timestamptz NOT NULL`),
    table(
      "events",
      `id ${ID}, seq bigint, state text NOT NULL, at timestamptz NOT NULL, ${ending}, nonce text NOT NULL,
       body bytea NOT NULL, PRIMARY KEY (id, seq)`,
    ),
    table(
      "revocations",
      `id ${ID} PRIMARY KEY, terminate boolean NOT NULL, children boolean NOT NULL, expires_at timestamptz NOT NULL`,
    ),
    table("registers", `key ${ID} PRIMARY KEY, value text NOT NULL, expires_at timestamptz NOT NULL`),
    table(
      "streams",
      `id ${ID} PRIMARY KEY, written bigint NOT NULL, read bigint NOT NULL, ended boolean NOT NULL, ${ending}`,
    ),
    table("stream_items", `id ${ID}, number bigint, body bytea NOT NULL, PRIMARY KEY (id, number)`),
    ...["results", "event_heads", "events", "revocations", "registers", "streams"].map(expiry),
    table("version", "version int NOT NULL"),
    `INSERT INTO ${schema.of("version")} VALUES (${VERSION})`,
  ];
}
