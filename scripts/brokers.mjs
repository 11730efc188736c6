// `npm run brokers`: a private Redis, RabbitMQ and Postgres until Ctrl-C. `npm test` starts the same for its run.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BrokerMissing, requirePrograms } from "./brokers/programs.mjs";
import { startPostgres } from "./brokers/postgres.mjs";
import { startRabbitmq } from "./brokers/rabbitmq.mjs";
import { startRedis } from "./brokers/redis.mjs";
import { isReachable } from "./brokers/server.mjs";

/**
 * Brokers and a Postgres: those that `REDIS_URL`, `AMQP_URL` and `POSTGRES_URL` name, otherwise private servers in a temporary
 * folder. `stop` ends the private ones and removes the folder. Throws `BrokerMissing` when there is neither.
 */
export async function startBrokers({ REDIS_URL, AMQP_URL, POSTGRES_URL } = process.env) {
  const programs = {
    ...(!REDIS_URL && { redis: requirePrograms(["redis-server"], "REDIS_URL") }),
    ...(!AMQP_URL && { rabbitmq: requirePrograms(["rabbitmq-server", "epmd"], "AMQP_URL") }),
    ...(!POSTGRES_URL && { postgres: requirePrograms(["initdb", "postgres"], "POSTGRES_URL") }),
  };
  const folder = mkdtempSync(join(tmpdir(), "taskgen-brokers-"));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.on("exit", remove);
  const started = await Promise.allSettled([
    programs.redis === undefined ? given("REDIS_URL", REDIS_URL) : ownRedis(programs.redis, folder),
    programs.rabbitmq === undefined ? given("AMQP_URL", AMQP_URL) : ownRabbitmq(programs.rabbitmq, folder),
    programs.postgres === undefined ? given("POSTGRES_URL", POSTGRES_URL) : ownPostgres(programs.postgres, folder),
  ]);
  const servers = started.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
    remove();
    process.off("exit", remove);
  };
  const failed = started.find(({ status }) => status === "rejected");
  if (failed === undefined) {
    const [redis, amqp, postgres] = servers.map(({ url }) => url);
    return { redis, amqp, postgres, stop };
  }
  await stop();
  throw failed.reason;
}

async function given(name, url) {
  if (await isReachable(url)) return { url, stop: async () => {} };
  throw new BrokerMissing(`${name} is set, but nothing listens there; start that server, or unset ${name}`);
}

const ownRedis = ([program], folder) => startRedis({ program, dir: subfolder(folder, "redis") });

const ownRabbitmq = ([program, epmd], folder) => startRabbitmq({ program, epmd, dir: subfolder(folder, "rabbitmq") });

const ownPostgres = (programs, folder) => startPostgres({ programs, dir: subfolder(folder, "postgres") });

function subfolder(folder, name) {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

/** Ends this process, and with it the servers, when it is told to stop before `release` is called. */
export function endOnSignals() {
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
  const end = (signal) => process.exit(codes[signal]);
  for (const signal of Object.keys(codes)) process.on(signal, end);
  return function release() {
    for (const signal of Object.keys(codes)) process.off(signal, end);
  };
}

/** Runs what needs brokers, and stops them. Where there are none, the process ends with a message of one line. */
export async function withBrokers(use) {
  const release = endOnSignals();
  const brokers = await startBrokers().catch(explain);
  release();
  try {
    return await use(brokers);
  } finally {
    await brokers.stop();
  }
}

function explain(error) {
  if (!(error instanceof BrokerMissing)) throw error;
  console.error(error.message);
  process.exit(1);
}

async function serve({ redis, amqp, postgres }) {
  console.log(
    `REDIS_URL=${redis}\nAMQP_URL=${amqp}\nPOSTGRES_URL=${postgres}\n\nCtrl-C stops them and removes their data.`,
  );
  await new Promise((stopped) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, stopped);
    setInterval(() => {}, 2 ** 30); // servers do not keep this process alive by themselves
  });
  process.exitCode = 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await withBrokers(serve);
  process.exit();
}
