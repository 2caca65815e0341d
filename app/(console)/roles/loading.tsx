import { PageSkeleton, RolesSkeleton } from '../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Roles" about="long" actions>
      <RolesSkeleton roles={2} rules={4} />
    </PageSkeleton>
  )
}
