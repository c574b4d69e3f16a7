import { appointmentRoutes } from './appointmentRoutes.ts';
import { bookingRoutes } from './bookingRoutes.ts';
import { customerRoutes } from './customerRoutes.ts';
import { jobRoutes } from './jobRoutes.ts';
import { leadRoutes } from './leadRoutes.ts';
import { resourceRoutes } from './resourceRoutes.ts';
import type { Route } from './route.ts';
import { salesRoutes } from './salesRoutes.ts';

/** Fixed words before parameters, so that /jobs/cancel-reasons is not taken for a job's id. */
function bySpecificity(left: Route, right: Route): number {
  return left.path.split(':').length - right.path.split(':').length;
}

/** Every operation of the imitated API. */
export const routeTable: readonly Route[] = [
  ...resourceRoutes,
  ...customerRoutes,
  ...leadRoutes,
  ...bookingRoutes,
  ...jobRoutes,
  ...appointmentRoutes,
  ...salesRoutes,
].toSorted(bySpecificity);
