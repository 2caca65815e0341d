CREATE TABLE "glass_breaks" (
	"review_id" uuid PRIMARY KEY NOT NULL,
	"broken_at" timestamp with time zone DEFAULT now() NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"finding" text,
	"finder" text,
	"finder_name" text,
	"found_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "glass_votes" (
	"review_id" uuid NOT NULL,
	"person" text NOT NULL,
	"name" text NOT NULL,
	"why" text NOT NULL,
	"minutes" integer,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "glass_votes_review_id_person_pk" PRIMARY KEY("review_id","person")
);
--> statement-breakpoint
ALTER TABLE "glass_breaks" ADD CONSTRAINT "glass_breaks_review_id_reviews_id_fk" FOREIGN KEY ("review_id") REFERENCES "public"."reviews"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "glass_votes" ADD CONSTRAINT "glass_votes_review_id_reviews_id_fk" FOREIGN KEY ("review_id") REFERENCES "public"."reviews"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "glass_breaks_open" ON "glass_breaks" USING btree ("due_at") WHERE found_at is null;