import type { Role } from '../../server/types'
import { buttonClass } from '../ui/button'
import { inlineFieldClass } from '../ui/inline-field'
import { Link } from '../ui/link'
import { count } from '../ui/text'
import { memberWords, RoleCard } from './sentences'

type Props = { roles: Role[]; editable: boolean; find: string; role: string | null; page: number }

// What a browser draws in a moment, and a person may still look through.
const rulesAtOnce = 300
const pageSize = 25
const firstRules = 5
const rulesOfOneMax = 1_000

/** Every role whole where that is no more than a person looks through; else some a page, to be searched, and each opens. */
export function RolesFound({ roles, editable, find, role, page }: Props) {
  const rules = roles.reduce((sum, one) => sum + one.rules.length, 0)
  if (rules <= rulesAtOnce && roles.length <= rulesAtOnce) return <Cards roles={roles} editable={editable} />
  const one = roles.find(({ name }) => name === role)
  if (one !== undefined)
    return (
      <>
        <p className="text-[13px]">
          <Link href="/roles" className="text-accent underline underline-offset-2">
            All {count(roles.length, 'role')}
          </Link>
        </p>
        <Cards roles={[one]} editable={editable} max={rulesOfOneMax} />
      </>
    )
  const found = roles.filter((each) => saysOf(each).includes(find.toLowerCase()))
  const pages = Math.max(1, Math.ceil(found.length / pageSize))
  const at = Math.min(Math.max(1, page), pages)
  return (
    <>
      <Find find={find} />
      <p className="text-[13px] text-ink-soft" role="status">
        {found.length === roles.length
          ? `${count(roles.length, 'role')} with ${count(rules, 'rule')}`
          : `${count(found.length, 'role')} of ${roles.length.toLocaleString('en')}`}
      </p>
      <Cards roles={found.slice((at - 1) * pageSize, at * pageSize)} editable={editable} max={firstRules} />
      {pages === 1 ? null : <Pages {...{ at, pages, find }} />}
    </>
  )
}

/** What of a role is searched: its name, what it is said to be, who has it, and its rules' names, tools and connections. */
const saysOf = ({ name, description, members, rules }: Role): string =>
  [
    name,
    description,
    memberWords(members),
    ...rules.flatMap((rule) => [rule.id, ...rule.resources, ...rule.connections]),
  ]
    .join('\n')
    .toLowerCase()

const Cards = ({ roles, editable, max }: { roles: Role[]; editable: boolean; max?: number }) => (
  <div className="flex flex-col gap-4">
    {roles.map((role) => (
      <RoleCard key={role.name} {...{ role, editable }} {...(max !== undefined && { max })} />
    ))}
  </div>
)

/** A plain form, so that the URL holds what is looked for. */
const Find = ({ find }: { find: string }) => (
  <form className="flex flex-wrap items-center gap-2 text-[13px]">
    <label htmlFor="find">Find roles by name, member, rule or tool</label>
    <input
      id="find"
      name="find"
      type="search"
      key={find}
      defaultValue={find}
      maxLength={200}
      className={`${inlineFieldClass} w-64 border-line`}
    />
    <button type="submit" className={buttonClass()}>
      Find
    </button>
  </form>
)

function Pages({ at, pages, find }: { at: number; pages: number; find: string }) {
  const href = (page: number) =>
    `/roles?${new URLSearchParams({ ...(find === '' ? {} : { find }), page: String(page) })}`
  return (
    <nav aria-label="Pages of roles" className="flex items-center gap-3 text-[13px]">
      {at > 1 ? (
        <Link href={href(at - 1)} className={buttonClass()}>
          Earlier
        </Link>
      ) : null}
      <span className="tabular">
        page {at} of {pages}
      </span>
      {at < pages ? (
        <Link href={href(at + 1)} className={buttonClass()}>
          Further
        </Link>
      ) : null}
    </nav>
  )
}
