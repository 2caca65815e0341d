import { clsx } from 'clsx'
import { RefreshOn } from '../../../../components/frame/live'
import { PolicyAlarm } from '../../../../components/roles/policy-alarm'
import { ChangesList } from '../../../../components/roles/publish/changes-list'
import { RestoreButton } from '../../../../components/roles/restore-button'
import { buttonClass } from '../../../../components/ui/button'
import { inlineFieldClass } from '../../../../components/ui/inline-field'
import { Link } from '../../../../components/ui/link'
import { cardClass, Empty, PageHead, Section } from '../../../../components/ui/page'
import { Time } from '../../../../components/ui/time'
import { viewerContext } from '../../../../server/auth'
import type { Context } from '../../../../server/context'
import { codeOf } from '../../../../server/errors'
import type { Change } from '../../../../server/policy/words'
import { diffVersions } from '../../../../server/roles/diff-versions'
import { listVersions } from '../../../../server/roles/list-versions'
import type { VersionView } from '../../../../server/roles/schemas'
import { runtime } from '../../../../server/runtime'

type Props = { searchParams: Promise<{ show?: string; against?: string; all?: string }> }

export const metadata = { title: 'Policy versions · Sallyport' }

export default async function VersionsPage({ searchParams }: Props) {
  const ctx = await viewerContext()
  const versions = await listVersions(ctx)
  const { policy } = runtime()
  const alarm = policy.alarm()
  const isCurrent = ({ number, current }: VersionView) =>
    alarm === null ? current : number === policy.current().version
  const newest = versions.find(isCurrent) ?? versions[0]
  if (newest === undefined)
    return (
      <>
        <PageHead up={{ href: '/roles', name: 'Roles' }} title="Policy versions" />
        <Empty title="No version was published yet">Nothing is allowed until one is.</Empty>
      </>
    )
  const asked = await searchParams
  const known = (text: string | undefined) => versions.find((version) => version.number === Number(text))?.number
  const { all } = asked
  const show = known(asked.show) ?? newest.number
  const against = asked.against === '0' ? 0 : (known(asked.against) ?? show - 1)
  const [changes, toRestore] = await Promise.all([
    difference(ctx, Math.max(0, against), show),
    difference(ctx, newest.number, show),
  ])
  return (
    <>
      <RefreshOn topic="policy" />
      <PageHead
        up={{ href: '/roles', name: 'Roles' }}
        title="Policy versions"
        about="Each holds the hash of the one before; none can be changed."
      />
      <PolicyAlarm alarm={alarm} />
      <div className="grid min-w-0 gap-6 lg:grid-cols-[minmax(280px,360px)_minmax(0,1fr)]">
        <ol className={`${cardClass} self-start overflow-hidden`} aria-label="Versions, newest first">
          {versions.map((version) => (
            <li key={version.number} className="border-t border-line first:border-t-0">
              <Link
                data-row
                href={`/roles/versions?show=${version.number}`}
                aria-current={version.number === show ? 'true' : undefined}
                className={clsx(
                  'block px-3 py-2.5 text-[13px] hover:bg-surface-sunken',
                  version.number === show && 'bg-surface-sunken',
                )}
              >
                <span className="flex justify-between gap-2">
                  <strong className="tabular font-semibold">
                    {version.number}
                    {isCurrent(version) ? ', in force' : ''}
                  </strong>
                  <span className="text-ink-soft">
                    <Time at={version.at} />
                  </span>
                </span>
                <span className="mt-0.5 block">{version.message}</span>
                <span className="mt-0.5 flex justify-between gap-2 text-ink-soft">
                  <span>{version.author}</span>
                  <span className="font-mono text-[11px]" title={version.hash}>
                    {version.hash.slice(0, 10)}
                  </span>
                </span>
              </Link>
            </li>
          ))}
        </ol>
        <Section
          title={
            against < 1 ? `All of version ${show}` : `What version ${show} says differently from version ${against}`
          }
          aside={
            ctx.viewer.admin && show !== newest.number && alarm === null && toRestore !== null ? (
              <RestoreButton number={show} differences={toRestore.length} newest={newest.number} />
            ) : undefined
          }
        >
          <Between versions={versions.map(({ number }) => number)} show={show} against={Math.max(0, against)} />
          {changes === null ? (
            <p className="text-[13px] text-deny">One of them is not what was published, so they cannot be compared.</p>
          ) : (
            <ChangesList
              changes={changes}
              max={all === undefined ? 100 : 2_000}
              more={
                all === undefined ? (
                  <Link
                    href={`/roles/versions?show=${show}&against=${Math.max(0, against)}&all=1`}
                    className="text-accent underline underline-offset-2"
                  >
                    Show them
                  </Link>
                ) : null
              }
            />
          )}
        </Section>
      </div>
    </>
  )
}

/** null where one of the two does not verify. */
async function difference(ctx: Context, from: number, to: number): Promise<Change[] | null> {
  try {
    return await diffVersions(ctx, { from, to })
  } catch (error) {
    if (codeOf(error) !== 'unavailable') throw error
    return null
  }
}

/** Any two of them; a plain form, so that the URL holds what is compared. */
function Between({ versions, show, against }: { versions: number[]; show: number; against: number }) {
  return (
    <form className="mb-3 flex flex-wrap items-center gap-2 text-[13px]">
      <label htmlFor="show">Version</label>
      <select
        id="show"
        name="show"
        key={`show ${show}`}
        defaultValue={show}
        className={`${inlineFieldClass} border-line`}
      >
        {versions.map((number) => (
          <option key={number}>{number}</option>
        ))}
      </select>
      <label htmlFor="against">against</label>
      <select
        id="against"
        name="against"
        key={`against ${against}`}
        defaultValue={against}
        className={`${inlineFieldClass} border-line`}
      >
        {[...versions, 0].map((number) => (
          <option key={number} value={number}>
            {number === 0 ? 'nothing' : number}
          </option>
        ))}
      </select>
      <button type="submit" className={buttonClass()}>
        Compare
      </button>
    </form>
  )
}
