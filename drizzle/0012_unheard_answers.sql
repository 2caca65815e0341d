CREATE TABLE "unheard_answers" (
	"call_id" uuid PRIMARY KEY NOT NULL,
	"principal_id" text NOT NULL,
	"digest" text NOT NULL,
	"form" text NOT NULL,
	"instance_id" uuid NOT NULL,
	"answer_sealed" "bytea",
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "unheard_answers_call" ON "unheard_answers" USING btree ("principal_id","digest");--> statement-breakpoint
CREATE INDEX "unheard_answers_age" ON "unheard_answers" USING btree ("created_at");