const scopedResources = [
  'crm.customers',
  'crm.locations',
  'crm.leads',
  'crm.bookings',
  'jpm.jobs',
  'jpm.appointments',
  'jpm.jobtypes',
  'jpm.jobcancelreasons',
  'sal.estimates',
  'mar.suppressions',
  'stt.businessunits',
  'stt.tagtypes',
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
