import { policyJsonSchema } from '../document'

// For editors: `npm run -s policy-schema > policy.schema.json`.
console.log(JSON.stringify(policyJsonSchema(), null, 2))
