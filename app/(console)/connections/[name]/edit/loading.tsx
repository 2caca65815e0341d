import { Skeleton } from '../../../../../components/ui/page'
import { PageSkeleton } from '../../../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Change the connection" about up={{ href: '/connections', name: 'Connections' }}>
      <Skeleton className="h-[60dvh] max-w-2xl" />
    </PageSkeleton>
  )
}
