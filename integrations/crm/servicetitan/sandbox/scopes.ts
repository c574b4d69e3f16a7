const scopedResources = [
  'crm.customers',
  'crm.locations',
  'crm.leads',
  'crm.bookings',
  'jbce.callreasons',
  'jpm.jobs',
  'jpm.appointments',
  'dis.appointmentassignments',
  'jpm.jobtypes',
  'jpm.jobcancelreasons',
  'jpm.jobholdreasons',
  'jpm.projects',
  'jpm.projectstatuses',
  'jpm.projecttypes',
  'sal.estimates',
  'sal.opportunities',
  'acc.invoices',
  'acc.payments',
  'acc.paymenttypes',
  'mar.campaigns',
  'mar.categories',
  'mar.suppressions',
  'mem.memberships',
  'mem.membershiptypes',
  'eqs.installedequipment',
  'eqs.equipmenttypes',
  'tlc.calls',
  'tlc.optinouts',
  'pb.services',
  'pb.materials',
  'pb.equipment',
  'pb.categories',
  'stt.businessunits',
  'stt.tagtypes',
  'stt.technicians',
  'stt.employees',
  'tm.tasks',
] as const;

export type ScopedResource = (typeof scopedResources)[number];

/** The scope that a request needs: reading and writing are granted apart. */
export function scopeFor(resource: ScopedResource, method: string): string {
  return `tn.${resource}:${method === 'GET' ? 'r' : 'w'}`;
}

export const allScopes: readonly string[] = scopedResources.flatMap((resource) => [
  scopeFor(resource, 'GET'),
  scopeFor(resource, 'POST'),
]);
