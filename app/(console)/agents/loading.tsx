import { PageSkeleton, TableSkeleton } from '../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Agents" about>
      <TableSkeleton rows={4} />
    </PageSkeleton>
  )
}
