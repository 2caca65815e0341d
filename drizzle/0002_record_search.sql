CREATE TABLE "search_marks" (
	"chain" uuid PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "session_words" (
	"chain" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"session_id" uuid NOT NULL,
	"words" "tsvector" NOT NULL,
	CONSTRAINT "session_words_chain_seq_session_id_pk" PRIMARY KEY("chain","seq","session_id")
);
--> statement-breakpoint
DROP INDEX "entries_session";--> statement-breakpoint
DROP INDEX "entries_at";--> statement-breakpoint
ALTER TABLE "chains" ADD COLUMN "signed_seq" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "session_words_words" ON "session_words" USING gin ("words");--> statement-breakpoint
CREATE INDEX "entries_session" ON "entries" USING btree ("session_id","at","kind","outcome","resource","policy_version","masked");--> statement-breakpoint
CREATE INDEX "entries_at" ON "entries" USING btree ("at","kind","outcome","principal_id");