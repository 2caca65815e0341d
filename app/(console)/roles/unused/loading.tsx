import { PageSkeleton, RolesSkeleton } from '../../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Unused privilege" about up={{ href: '/roles', name: 'Roles' }}>
      <RolesSkeleton roles={2} rules={2} />
    </PageSkeleton>
  )
}
