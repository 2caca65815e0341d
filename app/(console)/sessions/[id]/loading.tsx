import { Skeleton } from '../../../../components/ui/page'
import { PageSkeleton } from '../../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Session" about="long" up={{ href: '/sessions', name: 'Sessions' }}>
      <div className="grid gap-6 lg:grid-cols-[minmax(260px,340px)_minmax(0,1fr)]">
        <Skeleton className="h-[40dvh] lg:h-[70dvh]" />
        <div className="flex flex-col gap-5">
          <Skeleton className="h-12" />
          <Skeleton className="h-56" />
          <Skeleton className="h-56" />
        </div>
      </div>
    </PageSkeleton>
  )
}
