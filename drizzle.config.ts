import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: [
    './server/db/schema.ts',
    './server/db/identity-schema.ts',
    './server/db/record-schema.ts',
    './server/db/review-schema.ts',
  ],
  out: './drizzle',
})
