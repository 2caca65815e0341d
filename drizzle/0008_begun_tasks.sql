CREATE TABLE "begun_tasks" (
	"connection_id" uuid NOT NULL,
	"principal_id" text NOT NULL,
	"session" text NOT NULL,
	"task_id" text NOT NULL,
	"call_sealed" "bytea" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "begun_tasks_connection_id_principal_id_session_task_id_pk" PRIMARY KEY("connection_id","principal_id","session","task_id")
);
--> statement-breakpoint
CREATE INDEX "begun_tasks_age" ON "begun_tasks" USING btree ("created_at");