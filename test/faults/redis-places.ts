import { RedisCluster } from "../support/redis-cluster.js";
import { RedisSentinels } from "../support/redis-sentinel.js";
import { RedisServer } from "../support/redis-server.js";
import { TcpProxy } from "../support/tcp-proxy.js";
import { type Place, places, serverOf } from "./places.js";

/** A Redis whose disk may be full: it is told so, and does not die of it. */
export const redisOnADisk: Place = {
  ...places.redis,
  open: async (settings = []) => {
    const server = await RedisServer.startOnADisk(...settings);
    return { url: server.url, server: serverOf(server) };
  },
};

/** A master, its replica, and three Sentinels that watch them. */
export const redisWithSentinels: Place = {
  ...places.redis,
  title: "Redis with Sentinels",
  open: async () => {
    const { url, master, replica } = await RedisSentinels.start();
    return { url, server: serverOf(master), nodes: [master, replica] };
  },
};

/** A master, its replica, and one address for whichever of the two it leads to. */
export const redisAtAnAddress: Place = {
  ...places.redis,
  open: async () => {
    const master = await RedisServer.start();
    const replica = await RedisServer.start("--replicaof", "127.0.0.1", `${master.port}`);
    const leadsTo = { port: master.port };
    const { port } = await TcpProxy.start(leadsTo);
    return { url: `redis://127.0.0.1:${port}`, server: serverOf(master), nodes: [master, replica], leadsTo };
  },
};

const cluster = (replicas: boolean): Place => ({
  ...places.redis,
  title: "Redis Cluster",
  open: async () => {
    const { url, servers } = await RedisCluster.start({ replicas });
    return { url, nodes: servers };
  },
});

/** Three masters, without and with a replica of each. */
export const [redisCluster, redisClusterWithReplicas] = [cluster(false), cluster(true)];
