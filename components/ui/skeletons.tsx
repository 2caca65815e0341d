import { Back, type Up } from './back'
import { cardClass, Skeleton } from './page'

/** `about`: a line below the title, or a `long` one, which takes two on a phone. */
type Page = { title: string; about?: boolean | 'long'; actions?: boolean; up?: Up; children: React.ReactNode }

/** A page before its data: its title and what it will hold, of the final size, so that nothing jumps. On a phone its buttons stand below. */
export const PageSkeleton = ({ title, about = false, actions = false, up, children }: Page) => (
  <div className="flex flex-col gap-6" role="status" aria-label="Loading">
    <div>
      {up === undefined ? null : <Back {...up} />}
      <p className="text-[20px] leading-7 font-semibold tracking-tight">{title}</p>
      {about ? <Skeleton className={`mt-1.5 h-4 w-72 max-w-full ${about === 'long' ? 'max-sm:h-9' : ''}`} /> : null}
      {actions ? <Skeleton className="mt-3 h-8 w-32 md:hidden" /> : null}
    </div>
    {children}
  </div>
)

const rowsOf = (n: number) => Array.from({ length: n }, (_, at) => at)

/** A part of a page under its title. */
export const SectionSkeleton = ({ children }: { children: React.ReactNode }) => (
  <div>
    <Skeleton className="mb-3 h-4 w-28" />
    {children}
  </div>
)

/** A table of rows with one line each. */
export const TableSkeleton = ({ rows, head = true }: { rows: number; head?: boolean }) => (
  <div className={`${cardClass} overflow-hidden`}>
    {head ? <div className="h-9" /> : null}
    {rowsOf(rows).map((row) => (
      <div key={row} className="flex h-[37px] items-center gap-6 border-t border-line px-3 first:border-t-0">
        <Skeleton className="h-3.5 w-16" />
        <Skeleton className="h-3.5 w-40" />
        <Skeleton className="h-3.5 flex-1" />
        <Skeleton className="hidden h-3.5 w-20 md:block" />
      </div>
    ))}
  </div>
)

/** Roles as cards, each with its name and a line for each rule. */
export const RolesSkeleton = ({ roles, rules }: { roles: number; rules: number }) => (
  <div className="flex flex-col gap-4">
    {rowsOf(roles).map((role) => (
      <div key={role} className={cardClass}>
        <div className="flex flex-col gap-2 px-4 py-3">
          <Skeleton className="h-5 w-32" />
          <Skeleton className="h-4 w-80 max-w-full" />
        </div>
        {rowsOf(rules).map((rule) => (
          <div key={rule} className="flex h-[45px] items-center gap-3 border-t border-line px-4">
            <Skeleton className="h-4 w-14" />
            <Skeleton className="h-4 flex-1" />
          </div>
        ))}
      </div>
    ))}
  </div>
)

/** The questions at the left, and one of them at the right; on a phone one of the two. */
export const InboxSkeleton = ({ open = false }: { open?: boolean }) => (
  <div className="grid gap-6 lg:grid-cols-[minmax(300px,380px)_minmax(0,1fr)]">
    <div className={`flex-col gap-3 ${open ? 'hidden lg:flex' : 'flex'}`}>
      <Skeleton className="h-8 w-40" />
      <div className={cardClass}>
        {rowsOf(5).map((row) => (
          <div
            key={row}
            className="flex h-[61px] flex-col justify-center gap-2 border-t border-line px-3 first:border-t-0"
          >
            <Skeleton className="h-3.5 w-40" />
            <Skeleton className="h-3.5" />
          </div>
        ))}
      </div>
    </div>
    <div className={`flex-col gap-5 ${open ? 'flex' : 'hidden lg:flex'}`}>
      {open ? <Back href="/reviews" name="All questions" /> : null}
      <Skeleton className="h-5 w-56" />
      <Skeleton className="h-7 max-w-lg" />
      <Skeleton className="h-32" />
    </div>
  </div>
)
