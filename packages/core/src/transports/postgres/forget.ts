import type { Schema } from "./schema.js";

/** Removes all that is kept of some ids ($1), and tells ($2: the channel, $3) writers of streams, who wait for a reader. */
export const forgetText = (schema: Schema): string => {
  const tables = ["results", "event_heads", "events", "streams", "stream_items"];
  const gone = tables.map(
    (table) => `gone_${table} AS (DELETE FROM ${schema.of(table)} WHERE id = ANY ($1::text[]) RETURNING 1)`,
  );
  return `WITH ${gone.join(", ")}
    SELECT pg_notify($2::text, news) FROM unnest($3::text[]) news WHERE EXISTS (SELECT FROM gone_streams)`;
};
