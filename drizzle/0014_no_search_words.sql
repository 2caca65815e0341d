DROP TABLE "search_marks" CASCADE;--> statement-breakpoint
DROP TABLE "session_words" CASCADE;