import { setTimeout as delay } from "node:timers/promises";
import { eventually } from "../../support/eventually.js";
import { command, ownerOf, withClient } from "../../support/redis-cluster.js";
import type { RedisServer } from "../../support/redis-server.js";
import type { Cell, Fault, Scenario } from "../fault.js";
import type { Fleet } from "../fleet.js";
import { begunAnew, expectAllTaken, loaded } from "../loads.js";
import { redisAtAnAddress, redisCluster, redisClusterWithReplicas, redisWithSentinels } from "../redis-places.js";

const REDIS_ONLY = { none: "a fault of Redis" };

const ASYNCHRONOUS = "Redis acknowledges before its replica has it: what was not replicated is lost with the master";

/** Where the messages of the queue are. */
const QUEUE = "{taskgen:default}:w4";

const nodesOf = ({ broker }: Fleet): readonly [RedisServer, RedisServer, ...RedisServer[]] =>
  broker.nodes as readonly RedisServer[] as readonly [RedisServer, RedisServer];

const isMaster = (server: RedisServer): Promise<boolean> =>
  withClient(server, async (client) => String((await client.role())[0]) === "master").catch(() => false);

const promoted = (server: RedisServer): Promise<boolean> =>
  eventually(() => isMaster(server), { what: "a failover", every: 50 });

/** Resolves when the replica has all that was written by now. n.b. WAIT knows the writes of its own connection alone */
const replicated = (master: RedisServer): Promise<void> =>
  withClient(master, async (client) => {
    await client.set("taskgen-test:replicated", "now", "PX", 60_000);
    if ((await client.wait(1, 20_000)) < 1) throw new Error("the replica does not follow");
  });

/** The master dies, and the Sentinels make its replica the master. */
const failOver = async (fleet: Fleet): Promise<void> => {
  const [master, replica] = nodesOf(fleet);
  await master.kill();
  await promoted(replica);
};

const failOverUnderLoad: Scenario = async (fleet) => {
  const goOn = await loaded(fleet);
  await fleet.fault("the master dies, and its replica takes its place", () => failOver(fleet));
  await goOn();
};

/** Nothing is written any more but by those who work. */
const failOverReplicated: Scenario = async (fleet) => {
  const producer = await fleet.producer();
  await fleet.workers(2);
  await producer.call({ task: "work", args: [1_000] }, 100);
  await fleet.started(15);
  await replicated(nodesOf(fleet)[0]);
  await fleet.fault("the master dies when all was replicated", () => failOver(fleet));
};

/** The two change places, and the address leads to the old master for a while. */
const changePlaces: Scenario = async (fleet) => {
  const goOn = await loaded(fleet, { takesMs: 50 });
  const [master, replica] = nodesOf(fleet);
  await replicated(master);
  await fleet.fault("master and replica change places", async () => {
    await withClient(master, (client) => client.call("FAILOVER", "TO", "127.0.0.1", replica.port));
    await promoted(replica);
    await delay(2_000);
    fleet.broker.leadsTo!.port = replica.port;
  });
  await goOn();
  expectAllTaken(fleet);
};

/** The slot of the queue moves from one master to the next, key by key. */
async function moveSlot(fleet: Fleet): Promise<void> {
  const nodes = nodesOf(fleet);
  const { slot, server: from } = await ownerOf(nodes, QUEUE);
  const to = nodes[(nodes.indexOf(from) + 1) % 3]!;
  const [fromId, toId] = [String(await command(from, "MYID")), String(await command(to, "MYID"))];
  await command(to, "SETSLOT", slot, "IMPORTING", fromId);
  await command(from, "SETSLOT", slot, "MIGRATING", toId);
  const moveSome = async (): Promise<boolean> => {
    const keys = (await command(from, "GETKEYSINSLOT", slot, 20)) as string[];
    if (keys.length === 0) return true;
    await withClient(from, (client) => client.call("MIGRATE", "127.0.0.1", to.port, "", 0, 5_000, "KEYS", ...keys));
    return false;
  };
  await eventually(moveSome, { what: "the move of a slot", every: 20 });
  for (const server of [to, from]) await command(server, "SETSLOT", slot, "NODE", toId);
}

const moveSlots: Scenario = async (fleet) => {
  const goOn = await loaded(fleet, { takesMs: 50 });
  for (let i = 0; i < 3; i++) await fleet.fault("the queue's slot moves to another master", () => moveSlot(fleet));
  await goOn();
  expectAllTaken(fleet);
};

/** The master that has the queue dies. */
const failOverClusterUnderLoad: Scenario = async (fleet) => {
  const goOn = await loaded(fleet);
  const { server } = await ownerOf(nodesOf(fleet), QUEUE);
  const isReplaced = async (): Promise<boolean> => (await ownerOf(nodesOf(fleet), QUEUE)).server !== server;
  await fleet.fault("the queue's master dies, and its replica takes its place", async () => {
    await server.kill();
    await eventually(isReplaced, { what: "a failover", every: 50 });
  });
  await goOn();
};

/** Each master dies and comes back; then all of them at once. */
const restartCluster: Scenario = async (fleet) => {
  const goOn = await loaded(fleet, { takesMs: 50 });
  const nodes = nodesOf(fleet);
  const restart = async (some: readonly RedisServer[]): Promise<void> => {
    await Promise.all(some.map((node) => node.kill()));
    await Promise.all(some.map((node) => node.restart()));
  };
  for (const some of [...nodes.map((node) => [node]), nodes]) {
    await fleet.fault(`${some.length} masters are killed, and come back`, () => restart(some));
    await begunAnew(fleet);
  }
  await goOn();
};

const row = (id: string, title: string, expected: string, cell: Cell): Fault => ({
  id,
  title,
  expected,
  cells: { memory: REDIS_ONLY, sqlite: REDIS_ONLY, redis: cell, amqp: REDIS_ONLY },
});

export const redisFailovers: readonly Fault[] = [
  row(
    "F24",
    "Redis's master dies under load, and Sentinels promote its replica",
    "callers and workers go on with the new master; what had not reached it is lost",
    { run: failOverUnderLoad, place: redisWithSentinels, silent: true, boundMs: 5_000, mayLose: ASYNCHRONOUS },
  ),
  row("F24b", "the same, when the replica has everything (WAIT)", "nothing is lost; what ended since may run again", {
    run: failOverReplicated,
    place: redisWithSentinels,
    silent: true,
    boundMs: 5_000,
  }),
  row(
    "F24c",
    "master and replica change places (FAILOVER), and the address leads to the old master for a while",
    "callers and workers wait, and go on with the new master: no call is refused, nothing is lost",
    { run: changePlaces, place: redisAtAnAddress, silent: true, boundMs: 5_000 },
  ),
  row(
    "F34",
    "the queue's slot moves from master to master of a Redis Cluster, under load",
    "the queue waits until its slot has moved; nothing is lost or refused",
    { run: moveSlots, place: redisCluster, silent: true, boundMs: 5_000, quick: true },
  ),
  row(
    "F34b",
    "a master of a Redis Cluster dies under load, and its replica is promoted",
    "callers and workers go on with the new master; what had not reached it is lost",
    {
      run: failOverClusterUnderLoad,
      place: redisClusterWithReplicas,
      silent: true,
      boundMs: 5_000,
      mayLose: ASYNCHRONOUS,
    },
  ),
  row(
    "F34c",
    "the masters of a Redis Cluster are killed and come back, one after the other and all at once",
    "nothing is lost; callers and workers go on by themselves",
    { run: restartCluster, place: redisCluster, silent: true, boundMs: 10_000 },
  ),
];
