// The raw worker process on RabbitMQ: consumes, runs, replies, and acknowledges when the broker has the replies.
import type { ConsumeMessage } from "amqplib";
import { given, serve } from "../child/serve.js";
import { consume } from "./amqp-acknowledging.js";
import { RawChannels, WORK, type RawAmqpSettings } from "./amqp-channels.js";
import { runCall } from "./message.js";

const { url } = given() as RawAmqpSettings;
const channels = await RawChannels.open(url);

const answer = ({ properties, content }: ConsumeMessage): void =>
  channels.publish(properties.replyTo as string, runCall(content), { messageId: properties.messageId as string });

await consume(channels.consuming, WORK, { message: answer, done: () => channels.confirmed() });

serve({ stop: () => channels.close() });
