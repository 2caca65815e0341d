ALTER TABLE "instances" ADD COLUMN "present_since" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
-- Where a call has two answers from before, they stay as they are: the record is not changed, and only what comes is held to one.
DO $$ BEGIN
	IF EXISTS (SELECT FROM "entries" WHERE kind = 'reply' AND "call_id" IS NOT NULL GROUP BY "call_id" HAVING count(*) > 1) THEN
		EXECUTE format('CREATE UNIQUE INDEX "entries_reply" ON "entries" USING btree ("call_id") WHERE kind = ''reply'' AND at > %L::timestamptz', now());
	ELSE
		CREATE UNIQUE INDEX "entries_reply" ON "entries" USING btree ("call_id") WHERE kind = 'reply';
		DROP INDEX "entries_call";
	END IF;
END $$;
