const VARIABLES = {
  redis: "TASKGEN_TEST_REDIS_URL",
  amqp: "TASKGEN_TEST_AMQP_URL",
  postgres: "TASKGEN_TEST_POSTGRES_URL",
} as const;

/** The URL of the broker or database that `npm test` started for all tests of this run; throws where there is none. */
export function brokerUrl(broker: keyof typeof VARIABLES): string {
  const url = process.env[VARIABLES[broker]];
  if (url) return url;
  throw new Error(
    `${VARIABLES[broker]} is not set: run the tests by npm test, or set it to what npm run brokers prints`,
  );
}
