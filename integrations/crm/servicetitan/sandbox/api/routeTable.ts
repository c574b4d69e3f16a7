import { appointmentRoutes } from './appointmentRoutes.ts';
import { assignmentRoutes } from './assignmentRoutes.ts';
import { bookingRoutes } from './bookingRoutes.ts';
import { callRoutes } from './callRoutes.ts';
import { contactRoutes } from './contactRoutes.ts';
import { customerRoutes } from './customerRoutes.ts';
import { equipmentRoutes } from './equipmentRoutes.ts';
import { estimateRoutes } from './estimateRoutes.ts';
import { invoiceRoutes } from './invoiceRoutes.ts';
import { jobLogRoutes } from './jobLogRoutes.ts';
import { jobRoutes } from './jobRoutes.ts';
import { jobTypeRoutes } from './jobTypeRoutes.ts';
import { leadRoutes } from './leadRoutes.ts';
import { locationRoutes } from './locationRoutes.ts';
import { marketingRoutes } from './marketingRoutes.ts';
import { membershipRoutes } from './membershipRoutes.ts';
import { noteRoutes } from './noteRoutes.ts';
import { opportunityRoutes } from './opportunityRoutes.ts';
import { optOutRoutes } from './optOutRoutes.ts';
import { paymentRoutes } from './paymentRoutes.ts';
import { pricebookRoutes } from './pricebookRoutes.ts';
import { projectRoutes } from './projectRoutes.ts';
import { resourceRoutes } from './resourceRoutes.ts';
import type { Route } from './route.ts';
import { settingsRoutes } from './settingsRoutes.ts';
import { taskRoutes } from './taskRoutes.ts';

/** Fixed words before parameters, so that /jobs/cancel-reasons is not taken for a job's id. */
function bySpecificity(left: Route, right: Route): number {
  return left.path.split(':').length - right.path.split(':').length;
}

/** Every operation of the imitated API. */
export const routeTable: readonly Route[] = [
  ...resourceRoutes,
  ...customerRoutes,
  ...contactRoutes,
  ...locationRoutes,
  ...leadRoutes,
  ...bookingRoutes,
  ...noteRoutes,
  ...jobRoutes,
  ...jobLogRoutes,
  ...jobTypeRoutes,
  ...projectRoutes,
  ...appointmentRoutes,
  ...assignmentRoutes,
  ...settingsRoutes,
  ...callRoutes,
  ...equipmentRoutes,
  ...estimateRoutes,
  ...invoiceRoutes,
  ...marketingRoutes,
  ...membershipRoutes,
  ...opportunityRoutes,
  ...optOutRoutes,
  ...paymentRoutes,
  ...pricebookRoutes,
  ...taskRoutes,
].toSorted(bySpecificity);
