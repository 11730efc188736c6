import type { OpenOptions } from "../../transport.js";
import { RpcResults } from "./rpc-results.js";
import { AmqpTransport } from "./transport.js";

/** A transport on the RabbitMQ server of `amqp://user:password@host:port/vhost`; see `amqpSettings` for options. */
export function openTransport(options: OpenOptions): AmqpTransport {
  return new AmqpTransport(options);
}

/** Results that are sent to the process that called, through the same server. */
export function openResults(options: OpenOptions): RpcResults {
  return new RpcResults(options);
}
