import { ApiError } from './ApiError.ts';
import type { Route } from './route.ts';

const paths = [
  'opportunities',
  'opportunities/:id',
  'opportunities/followups',
  'opportunities/:id/followups',
  'export/opportunities',
  'export/opportunities/followups',
] as const;

/** Opportunities are a feature that tenants must have bought. The sandbox's have not: ServiceTitan declares no other answer. */
export const opportunityRoutes: readonly Route[] = paths.map((path) => ({
  method: 'GET',
  path: `sales/v2/tenant/:tenant/${path}`,
  scope: 'sal.opportunities',
  handle: () => {
    throw new ApiError(400, 'Opportunities are not enabled for this tenant.');
  },
}));
