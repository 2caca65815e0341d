import { Skeleton } from '../../../../components/ui/page'
import { PageSkeleton } from '../../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Add a connection" about up={{ href: '/connections', name: 'Connections' }}>
      <Skeleton className="h-[60dvh] max-w-2xl" />
    </PageSkeleton>
  )
}
