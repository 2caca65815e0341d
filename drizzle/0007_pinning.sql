CREATE TABLE "quarantine" (
	"connection_id" uuid NOT NULL,
	"name" text NOT NULL,
	"definition" jsonb NOT NULL,
	"hash" text NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"problem" text,
	"seen_by" text NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "quarantine_connection_id_name_pk" PRIMARY KEY("connection_id","name")
);
--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "pinning" text DEFAULT 'warn' NOT NULL;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "pinned_at" timestamp with time zone;--> statement-breakpoint
UPDATE "connections" SET "pinned_at" = now() WHERE EXISTS (SELECT 1 FROM "tools" WHERE "tools"."connection_id" = "connections"."id");
