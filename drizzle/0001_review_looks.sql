CREATE TABLE "review_looks" (
	"review_id" uuid NOT NULL,
	"person" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "review_looks_review_id_person_pk" PRIMARY KEY("review_id","person")
);
--> statement-breakpoint
ALTER TABLE "review_looks" ADD CONSTRAINT "review_looks_review_id_reviews_id_fk" FOREIGN KEY ("review_id") REFERENCES "public"."reviews"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "reviews_settled" ON "reviews" USING btree ("settled_at") WHERE state <> 'pending';--> statement-breakpoint
CREATE INDEX "reviews_principal" ON "reviews" USING btree ("principal_id","created_at");--> statement-breakpoint
CREATE INDEX "reviews_connection" ON "reviews" USING btree ("connection_id","settled_at");