import { z } from 'zod'
import { RefreshOn } from '../../../components/frame/live'
import { DraftNotice } from '../../../components/roles/draft-notice'
import { PolicyAlarm } from '../../../components/roles/policy-alarm'
import { RolesFound } from '../../../components/roles/roles-found'
import { MaskSentence } from '../../../components/roles/sentences'
import { buttonClass } from '../../../components/ui/button'
import { Link } from '../../../components/ui/link'
import { cardClass, Empty, PageHead, Section } from '../../../components/ui/page'
import { viewerContext } from '../../../server/auth'
import { policyShown } from '../policy-shown'

export const metadata = { title: 'Roles · Sallyport' }

const masksMax = 300

const Asked = z.object({
  find: z.string().trim().max(200).catch(''),
  role: z.string().nullable().catch(null),
  page: z.coerce.number().int().catch(1),
})

type Props = { searchParams: Promise<Record<string, unknown>> }

export default async function RolesPage({ searchParams }: Props) {
  const asked = Asked.parse(await searchParams)
  const { viewer, db } = await viewerContext()
  const { number, document, alarm } = await policyShown({ db })
  const { admin } = viewer
  return (
    <>
      <RefreshOn topic="policy" />
      <PageHead
        title="Roles"
        about={`${number === 0 ? 'No policy is published yet.' : `Policy version ${number}.`} Who has a role may do what its rules say; deny beats review beats allow.`}
      >
        <Link href="/ask" className={buttonClass()}>
          Ask the policy
        </Link>
        {admin || viewer.auditor ? (
          <Link href="/roles/unused" className={buttonClass()}>
            Unused
          </Link>
        ) : null}
        <Link href="/roles/versions" className={buttonClass()}>
          Versions
        </Link>
        {admin ? (
          <Link href="/roles/edit" className={buttonClass('main')}>
            Edit
          </Link>
        ) : null}
      </PageHead>
      <PolicyAlarm alarm={alarm} />
      {admin ? <DraftNotice viewer={viewer.id} number={number} /> : null}
      {document.roles.length === 0 ? (
        <Empty title="No roles yet">
          Nothing is allowed.{' '}
          {admin ? 'Make the first role with Edit, or publish a file with ' : 'An administrator can make one, or use '}
          <code className="font-mono text-[13px]">npm run -s apply -- FILE.yaml</code>.
        </Empty>
      ) : (
        <RolesFound roles={document.roles} editable={admin} {...asked} />
      )}
      <Section title="Masks">
        {document.masks.length === 0 ? (
          <p className="text-ink-soft">Replies pass unmasked.</p>
        ) : (
          <ul className={`${cardClass} divide-y divide-line`}>
            {document.masks.slice(0, masksMax).map((mask) => (
              <li key={mask.id} id={`mask-${mask.id}`} className="px-4 py-2.5">
                <MaskSentence mask={mask} />
              </li>
            ))}
            {document.masks.length > masksMax ? (
              <li className="px-4 py-2.5 text-[13px] text-ink-soft">
                and {(document.masks.length - masksMax).toLocaleString('en')} more
              </li>
            ) : null}
          </ul>
        )}
      </Section>
    </>
  )
}
