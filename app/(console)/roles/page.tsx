import Link from 'next/link'
import { RefreshOn } from '../../../components/frame/live'
import { MaskSentence, RoleCard } from '../../../components/roles/sentences'
import { buttonClass } from '../../../components/ui/button'
import { cardClass, Empty, PageHead, Section } from '../../../components/ui/page'
import { viewerContext } from '../../../server/auth'
import { getPolicy } from '../../../server/roles/get-policy'
import { runtime } from '../../../server/runtime'

export const metadata = { title: 'Roles · Sallyport' }

export default async function RolesPage() {
  const { number, document } = await getPolicy(await viewerContext())
  const alarm = runtime().policy.alarm()
  return (
    <>
      <RefreshOn topic="policy" />
      <PageHead
        title="Roles"
        about={`Policy version ${number}. Who has a role may do what its rules say; deny beats review beats allow.`}
      >
        <Link href="/roles/versions" className={buttonClass()}>
          Versions
        </Link>
      </PageHead>
      {alarm === null ? null : (
        <p role="alert" className="rounded-md border border-deny/40 bg-deny/8 px-3 py-2 text-[13px]">
          The stored policy does not verify, so the last good version stays in force: {alarm}.
        </p>
      )}
      {document.roles.length === 0 ? (
        <Empty title="No roles yet">
          Nothing is allowed. Publish a policy with{' '}
          <code className="font-mono text-[13px]">npm run -s apply -- FILE.yaml</code>.
        </Empty>
      ) : (
        <div className="flex flex-col gap-4">
          {document.roles.map((role) => (
            <RoleCard key={role.name} role={role} />
          ))}
        </div>
      )}
      <Section title="Masks">
        {document.masks.length === 0 ? (
          <p className="text-ink-soft">Replies pass unmasked.</p>
        ) : (
          <ul className={`${cardClass} divide-y divide-line`}>
            {document.masks.map((mask) => (
              <li key={mask.id} className="px-4 py-2.5">
                <MaskSentence mask={mask} />
              </li>
            ))}
          </ul>
        )}
      </Section>
    </>
  )
}
