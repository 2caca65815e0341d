import { PageSkeleton, TableSkeleton } from '../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Agents" about actions>
      <TableSkeleton rows={4} />
    </PageSkeleton>
  )
}
