import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePorts, Server } from "./server.mjs";

/**
 * Starts a private RabbitMQ that keeps its data in the folder `dir`; another start there with the same ports goes on with
 * it. It has an Erlang port mapper of its own, so that it meets no other node. `stop(signal)` ends both.
 */
export async function startRabbitmq({ program, epmd, dir, ports }) {
  const [port, distribution, mapping] = ports ?? (await freePorts(3));
  writeFileSync(join(dir, "enabled_plugins"), "[].\n");
  const env = environment(dir, [port, distribution, mapping]);
  const mapper = new Server(epmd, ["-port", `${mapping}`], { dir, env, name: "epmd" });
  const server = new Server(program, [], { dir, env, name: "rabbitmq" });
  const stop = async (signal) => {
    await server.stop(signal);
    await mapper.stop();
  };
  try {
    await server.ready({ port, hello: "AMQP\0\0\x09\x01", answer: "\x01" });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `amqp://guest:guest@127.0.0.1:${port}`, ports: [port, distribution, mapping], stop };
}

/**
 * Everything below `dir`, on the loopback interface only, and without the busy waiting of schedulers that have nothing to do.
 * The tests leave thousands of quorum queues: taking the numbers of each every five seconds would keep a processor busy.
 */
function environment(dir, [port, distribution, mapping]) {
  return {
    LANG: "C.UTF-8",
    HOME: dir, // where the node's secret cookie is made
    RABBITMQ_NODENAME: "taskgen@localhost",
    RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
    RABBITMQ_NODE_PORT: `${port}`,
    RABBITMQ_DIST_PORT: `${distribution}`,
    ERL_EPMD_PORT: `${mapping}`,
    ERL_EPMD_ADDRESS: "127.0.0.1",
    RABBITMQ_MNESIA_BASE: join(dir, "mnesia"),
    RABBITMQ_LOG_BASE: join(dir, "log"),
    RABBITMQ_PID_FILE: join(dir, "rabbit.pid"),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(dir, "enabled_plugins"),
    RABBITMQ_CONFIG_FILE: join(dir, "rabbitmq"),
    RABBITMQ_CONF_ENV_FILE: join(dir, "rabbitmq-env.conf"),
    // the start script becomes the node itself instead of watching over it
    RUNNING_UNDER_SYSTEMD: "true",
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none " +
      "-rabbit quorum_tick_interval 60000",
  };
}
