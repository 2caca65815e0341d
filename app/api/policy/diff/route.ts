import { viewerContext } from '../../../../server/auth'
import { Between, diffVersions } from '../../../../server/roles/diff-versions'
import { json } from '../../json'

/** What version `to` says differently from version `from`, in words. */
export const GET = json(async (request) =>
  diffVersions(await viewerContext(), Between.parse(Object.fromEntries(new URL(request.url).searchParams))),
)
