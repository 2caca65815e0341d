import { verifyNow } from '../../../server/audit/export-record'
import { viewerContext } from '../../../server/auth'
import { runtime } from '../../../server/runtime'
import { json } from '../json'

/** Verifies the record in the database now. */
export const POST = json(async () => verifyNow(await viewerContext(), runtime().keys.signingPublic))
