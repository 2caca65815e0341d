import { PageSkeleton, TableSkeleton } from '../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Connections" about>
      <TableSkeleton rows={6} />
    </PageSkeleton>
  )
}
