-- What the writer of the record sends, many at once: one value for PostgreSQL to read instead of twenty arrays to take apart.
CREATE TYPE "entry_row" AS (
	"chain" uuid, "seq" bigint, "id" uuid, "kind" text, "at" timestamptz, "session_id" uuid, "call_id" uuid, "principal_id" text,
	"principal" text, "client" text, "connection_id" uuid, "connection" text, "action" text, "resource" text, "outcome" text,
	"policy_version" integer, "masked" integer, "body" text, "previous_hash" text, "hash" text
);
