import type { Database } from "./database.js";
import { EventLog } from "./event-log.js";
import { Feed } from "./feed.js";
import { Limits } from "./limits.js";
import { Leases } from "./leases.js";
import { Messages } from "./messages.js";
import { Records } from "./records.js";
import { Registers } from "./registers.js";
import { Revocations } from "./revocations.js";
import { ResultFeed } from "./result-feed.js";
import { createTables, tablesOf } from "./schema.js";
import { StreamRows } from "./stream-rows.js";
import { Topics } from "./topics.js";

/** All that one prefix has in a database, and who in this process follows it. */
export class Store {
  readonly prefix: string;
  readonly messages: Messages;
  readonly leases: Leases;
  readonly records: Records;
  readonly events: EventLog;
  readonly revocations: Revocations;
  readonly registers: Registers;
  readonly limits: Limits;
  readonly streams: StreamRows;
  readonly topics: Topics;
  readonly resultFeed: ResultFeed;
  readonly eventFeed: Feed;
  readonly topicFeed: Feed;

  constructor(db: Database, prefix: string) {
    createTables(db, prefix);
    const tables = tablesOf(prefix);
    this.prefix = prefix;
    this.messages = new Messages(db, tables);
    this.leases = new Leases(db, tables);
    this.records = new Records(db, tables);
    this.events = new EventLog(db, tables);
    this.revocations = new Revocations(db, tables);
    this.registers = new Registers(db, tables);
    this.limits = new Limits(db, tables);
    this.streams = new StreamRows(db, tables);
    this.topics = new Topics(db, tables);
    this.resultFeed = new ResultFeed(this.records);
    this.eventFeed = new Feed(this.events);
    this.topicFeed = new Feed(this.topics);
  }

  leave(client: number): void {
    for (const feed of [this.resultFeed, this.eventFeed, this.topicFeed]) feed.leave(client);
  }
}
