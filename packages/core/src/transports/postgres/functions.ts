import type { Schema } from "./schema.js";

/** The largest body of which the JSON is kept beside it. */
const LARGEST_JSON = 1024 * 1024;

/** What needs several statements, each of which sees what was committed before it, in one round trip. */
export const createFunctions = (schema: Schema): string[] => [
  jsonOf(schema),
  append(schema),
  swap(schema),
  push(schema),
  pull(schema),
];

/** `ttl_ms` from now on. */
const FROM_NOW = "clock_timestamp() + p_ttl * interval '1 millisecond'";

/** json_of(body): the value of a body, for queries; null where it is none that jsonb can hold. 126 is `~`: superjson follows. */
const jsonOf = (schema: Schema): string => `
CREATE FUNCTION ${schema.of("json_of")}(body bytea) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE rich jsonb;
BEGIN
  IF octet_length(body) > ${LARGEST_JSON} THEN RETURN NULL; END IF;
  IF get_byte(body, 0) <> 126 THEN RETURN convert_from(body, 'UTF8')::jsonb; END IF;
  rich := convert_from(substring(body FROM 2), 'UTF8')::jsonb;
  RETURN CASE WHEN rich ? 'shared' THEN NULL ELSE rich -> 'json' END;
EXCEPTION WHEN OTHERS THEN RETURN NULL;
END $$`;

/**
 * append(ids, states, bodies, starts, sizes, nonces, ttls, keep, repeated, channel, news): adds events, each with the next
 * number of its id, and removes all but the last `keep` of an id. `repeated`: waits for what may still be under way, then
 * adds those that are not there.
 */
const append = (schema: Schema): string => `
CREATE FUNCTION ${schema.of("append")}(
  p_ids text[], p_states text[], p_bodies bytea, p_starts int[], p_sizes int[], p_nonces text[], p_ttls bigint[],
  p_keep int, p_repeated boolean, p_channel text, p_news text[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_repeated THEN LOCK TABLE ${schema.of("events")} IN SHARE ROW EXCLUSIVE MODE; END IF;
  WITH given AS (
    SELECT g.*, row_number() OVER (PARTITION BY g.id ORDER BY g.n) AS place, count(*) OVER (PARTITION BY g.id) AS added
    FROM unnest(p_ids, p_states, p_starts, p_sizes, p_nonces, p_ttls) WITH ORDINALITY AS g(id, state, start, size, nonce, ttl, n)
    WHERE NOT p_repeated OR NOT EXISTS (SELECT FROM ${schema.of("events")} e WHERE e.id = g.id AND e.nonce = g.nonce)
  ), heads AS (
    INSERT INTO ${schema.of("event_heads")} AS h (id, seq, expires_at)
    SELECT g.id, count(*), clock_timestamp() + max(g.ttl) * interval '1 millisecond' FROM given g GROUP BY g.id ORDER BY g.id
    ON CONFLICT (id) DO UPDATE SET seq = h.seq + excluded.seq, expires_at = greatest(h.expires_at, excluded.expires_at)
    RETURNING h.id, h.seq
  ), stored AS (
    INSERT INTO ${schema.of("events")} (id, seq, state, at, ttl_ms, expires_at, nonce, body)
    SELECT g.id, h.seq - g.added + g.place, g.state, clock_timestamp(), g.ttl,
      clock_timestamp() + g.ttl * interval '1 millisecond', g.nonce, substring(p_bodies FROM g.start FOR g.size)
    FROM given g JOIN heads h ON h.id = g.id WHERE g.added - g.place < p_keep
  )
  DELETE FROM ${schema.of("events")} e USING heads h WHERE e.id = h.id AND h.seq > p_keep AND e.seq <= h.seq - p_keep;
  PERFORM pg_notify(p_channel, news) FROM unnest(p_news) news;
END $$`;

/**
 * swap(keys, anything, expected, next, ttls): makes each swap in turn, returns what each register holds after its own. Keys are
 * locked in groups and in the order of those, so that two calls cannot wait for each other.
 */
const swap = (schema: Schema): string => `
CREATE FUNCTION ${schema.of("swap")}(
  p_keys text[], p_anything boolean[], p_expected text[], p_next text[], p_ttls bigint[]
) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  held text;
  answers text[] := '{}';
BEGIN
  PERFORM pg_advisory_xact_lock(${schema.lock}, b.bucket)
  FROM (SELECT DISTINCT 1 + (hashtext(k) & 255) AS bucket FROM unnest(p_keys) k ORDER BY 1) b;
  FOR i IN 1 .. coalesce(array_length(p_keys, 1), 0) LOOP
    SELECT r.value INTO held FROM ${schema.of("registers")} r WHERE r.key = p_keys[i] AND r.expires_at > clock_timestamp();
    IF p_anything[i] OR held IS NOT DISTINCT FROM p_expected[i] THEN
      held := p_next[i];
      IF held IS NULL THEN
        DELETE FROM ${schema.of("registers")} r WHERE r.key = p_keys[i];
      ELSE
        INSERT INTO ${schema.of("registers")} (key, value, expires_at)
        VALUES (p_keys[i], held, clock_timestamp() + p_ttls[i] * interval '1 millisecond')
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at;
      END IF;
    END IF;
    answers := array_append(answers, held);
  END LOOP;
  RETURN answers;
END $$`;

/**
 * push(id, first, bodies, starts, sizes, ends, ttl, channel, news): stores the items whose numbers are new, and the end. Where
 * nothing is stored any more, or what comes before is not, the stream begins anew.
 */
const push = (schema: Schema): string => `
CREATE FUNCTION ${schema.of("push")}(
  p_id text, p_first bigint, p_bodies bytea, p_starts int[], p_sizes int[], p_ends boolean, p_ttl bigint,
  p_channel text, p_news text, OUT o_written bigint, OUT o_read bigint
) LANGUAGE plpgsql AS $$
DECLARE
  is_over boolean;
  is_ended boolean;
  last_number bigint := p_first + coalesce(array_length(p_starts, 1), 0) - 1;
BEGIN
  LOOP
    INSERT INTO ${schema.of("streams")} (id, written, read, ended, ttl_ms, expires_at)
    VALUES (p_id, p_first - 1, p_first - 1, false, p_ttl, ${FROM_NOW}) ON CONFLICT (id) DO NOTHING;
    SELECT s.written, s.read, s.ended, s.expires_at <= clock_timestamp() INTO o_written, o_read, is_ended, is_over
    FROM ${schema.of("streams")} s WHERE s.id = p_id FOR UPDATE;
    EXIT WHEN FOUND;
  END LOOP;
  IF is_over OR p_first > o_written + 1 THEN
    DELETE FROM ${schema.of("stream_items")} i WHERE i.id = p_id;
    o_written := p_first - 1;
    o_read := p_first - 1;
    is_ended := false;
  END IF;
  IF NOT is_ended THEN
    INSERT INTO ${schema.of("stream_items")} (id, number, body)
    SELECT p_id, p_first + g.n - 1, substring(p_bodies FROM g.start FOR g.size)
    FROM unnest(p_starts, p_sizes) WITH ORDINALITY AS g(start, size, n) WHERE p_first + g.n - 1 > o_written;
    IF p_ends OR last_number > o_written THEN PERFORM pg_notify(p_channel, p_news); END IF;
    o_written := greatest(o_written, last_number);
  END IF;
  UPDATE ${schema.of("streams")} s
  SET written = o_written, read = o_read, ended = is_ended OR p_ends, ttl_ms = p_ttl, expires_at = ${FROM_NOW}
  WHERE s.id = p_id;
END $$`;

/**
 * pull(id, after, items, bytes, channel, news): removes what the reader has done with, tells the writer, and gives a page of what
 * follows. One row without a body: there is nothing yet, or nothing more. No row: there is no such stream.
 */
const pull = (schema: Schema): string => `
CREATE FUNCTION ${schema.of("pull")}(
  p_id text, p_after bigint, p_items int, p_bytes bigint, p_channel text, p_news text
) RETURNS TABLE (read bigint, written bigint, ended boolean, body bytea) LANGUAGE plpgsql AS $$
BEGIN
  UPDATE ${schema.of("streams")} s
  SET read = least(p_after, s.written), expires_at = clock_timestamp() + s.ttl_ms * interval '1 millisecond'
  WHERE s.id = p_id AND s.read < least(p_after, s.written) AND s.expires_at > clock_timestamp();
  IF FOUND THEN
    DELETE FROM ${schema.of("stream_items")} i WHERE i.id = p_id AND i.number <= p_after;
    PERFORM pg_notify(p_channel, p_news);
  END IF;
  RETURN QUERY
  SELECT s.read, s.written, s.ended, page.body
  FROM ${schema.of("streams")} s LEFT JOIN LATERAL (
    SELECT w.number, w.body FROM (
      SELECT i.number, i.body, row_number() OVER so_far AS place, sum(octet_length(i.body)) OVER so_far AS bytes
      FROM (
        SELECT t.number, t.body FROM ${schema.of("stream_items")} t
        WHERE t.id = p_id AND t.number > s.read ORDER BY t.number LIMIT p_items
      ) i WINDOW so_far AS (ORDER BY i.number)
    ) w WHERE w.place = 1 OR w.bytes <= p_bytes
  ) page ON true
  WHERE s.id = p_id AND s.expires_at > clock_timestamp() ORDER BY page.number;
END $$`;
