CREATE TABLE "mutes" (
	"principal_id" text PRIMARY KEY NOT NULL,
	"principal" text NOT NULL,
	"by" text NOT NULL,
	"until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notice_channels" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"address_sealed" "bytea" NOT NULL,
	"hint" text NOT NULL,
	"secret_sealed" "bytea",
	"groups" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"after_minutes" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "notice_channels_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"channel_id" uuid NOT NULL,
	"review_id" uuid,
	"event" text NOT NULL,
	"body" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"due_at" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"delivered_at" timestamp with time zone,
	"status" integer,
	"problem" text
);
--> statement-breakpoint
ALTER TABLE "grants" ADD COLUMN "target_hash" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "kind" text DEFAULT 'call' NOT NULL;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "target_hash" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "facts" jsonb DEFAULT '{"sql":null,"http":null,"tool":null}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "wanted" jsonb;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "claims_sealed" "bytea";--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "offer_sealed" "bytea";--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "offer_of" uuid;--> statement-breakpoint
ALTER TABLE "votes" ADD COLUMN "give" jsonb;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_channel_id_notice_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."notice_channels"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notices_due" ON "notices" USING btree ("due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "notices_channel" ON "notices" USING btree ("channel_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "notices_once" ON "notices" USING btree ("channel_id","review_id","event") WHERE review_id is not null;