CREATE TABLE "held_tasks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"review_id" uuid NOT NULL,
	"principal_id" text NOT NULL,
	"connection_id" uuid NOT NULL,
	"state" text DEFAULT 'working' NOT NULL,
	"instance_id" uuid,
	"request_sealed" "bytea" NOT NULL,
	"answer_sealed" "bytea",
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "held_tasks" ADD CONSTRAINT "held_tasks_review_id_reviews_id_fk" FOREIGN KEY ("review_id") REFERENCES "public"."reviews"("id") ON DELETE no action ON UPDATE no action;