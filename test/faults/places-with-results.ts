import { onTestFinished } from "vitest";
import { PostgresServer } from "../support/postgres-server.js";
import { RedisServer } from "../support/redis-server.js";
import { type Broker, type Place, serverOf, WRITTEN_FIRST } from "./places.js";

type Results = NonNullable<Broker["results"]>;

const withResults = (place: Place, title: string, open: () => Promise<Results>): Place => ({
  ...place,
  title: `${place.title}, ${title}`,
  open: async (settings) => ({ ...(await place.open(settings)), results: await open() }),
});

/** A broker whose results are in a Redis of their own. */
export const withRedisResults = (place: Place): Place =>
  withResults(place, "results in Redis", async () => {
    const server = await RedisServer.start(...WRITTEN_FIRST);
    return { url: server.url, server: serverOf(server) };
  });

/** A broker whose results are in a Postgres. */
export const withPostgresResults = (place: Place): Place =>
  withResults(place, "results in Postgres", async () => {
    const server = await PostgresServer.start();
    onTestFinished(() => server.remove());
    return {
      url: server.url,
      server: {
        port: server.port,
        kill: () => server.kill(),
        restart: () => server.restart(),
        suspend: () => server.suspend(),
        resume: () => void server.resume(),
      },
    };
  });
