import { Skeleton } from '../../../../components/ui/page'
import { PageSkeleton } from '../../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Edit roles" about up={{ href: '/roles', name: 'Roles in force' }}>
      <Skeleton className="h-10" />
      <div className="grid gap-6 lg:grid-cols-[220px_minmax(0,1fr)]">
        <Skeleton className="h-64" />
        <Skeleton className="h-[60dvh]" />
      </div>
    </PageSkeleton>
  )
}
