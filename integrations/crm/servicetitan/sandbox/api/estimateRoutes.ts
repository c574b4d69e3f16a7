import { requireRow } from '../office/Desk.ts';
import { putItem, removeItem } from '../office/estimateItems.ts';
import {
  bringToStatus,
  changeEstimate,
  createEstimate,
  dismissEstimate,
  sellEstimate,
  unsellEstimate,
} from '../office/estimates.ts';
import { listEstimateItems, showEstimate, showEstimateItem } from '../resources/estimateResources.ts';
import type { EstimateRow } from '../rows/salesRows.ts';
import { invalid } from './ApiError.ts';
import { checkLinks } from './checkLinks.ts';
import { estimateChangesBody, estimateItemBody, newEstimateBody, sellBody } from './estimateBodies.ts';
import { givenMembers } from './givenMembers.ts';
import { type Call, pathId, readBody, type Route } from './route.ts';

const path = 'sales/v2/tenant/:tenant/estimates';
const scope = 'sal.estimates';

/** Who sells is an employee or a technician. */
function checkSeller({ desk: { records } }: Call, soldBy: number | undefined): void {
  if (soldBy === undefined || records.employees.get(soldBy) || records.technicians.get(soldBy)) return;
  throw invalid({ soldBy: [`There is no employee or technician ${soldBy}.`] });
}

function estimateOf(call: Call): EstimateRow {
  return requireRow(call.desk.records.estimates, 'Estimate', pathId(call));
}

export const estimateRoutes: readonly Route[] = [
  {
    method: 'POST',
    path,
    scope,
    handle: (call) => {
      const body = givenMembers(readBody(call, newEstimateBody));
      checkSeller(call, body.soldBy);
      const { status, soldBy = 1, items = [], ...members } = body;
      if (!members.jobId && !members.projectId && !members.locationId) {
        throw invalid({ jobId: ['A job, a project or a location is required.'] });
      }
      checkLinks(call.desk.records, { jobId: members.jobId, locationId: members.locationId });
      const estimate = createEstimate(call.desk, { ...members, items });
      return showEstimate(bringToStatus(call.desk, estimate, { status, soldBy }));
    },
  },
  {
    method: 'PUT',
    path: `${path}/:id`,
    scope,
    handle: (call) => {
      const estimate = estimateOf(call);
      const body = givenMembers(readBody(call, estimateChangesBody));
      checkSeller(call, body.soldBy);
      const { status, soldBy = 1, ...changes } = body;
      const changed = changeEstimate(call.desk, estimate, changes);
      return showEstimate(bringToStatus(call.desk, changed, { status, soldBy }));
    },
  },
  {
    method: 'PUT',
    path: `${path}/:id/sell`,
    scope,
    handle: (call) => {
      const estimate = estimateOf(call);
      const { soldBy } = readBody(call, sellBody);
      checkSeller(call, soldBy);
      return showEstimate(sellEstimate(call.desk, estimate, soldBy));
    },
  },
  {
    method: 'PUT',
    path: `${path}/:id/unsell`,
    scope,
    handle: (call) => {
      unsellEstimate(call.desk, estimateOf(call));
    },
  },
  {
    method: 'PUT',
    path: `${path}/:id/dismiss`,
    scope,
    handle: (call) => {
      dismissEstimate(call.desk, estimateOf(call));
    },
  },
  {
    method: 'PUT',
    path: `${path}/:id/items`,
    scope,
    handle: (call) => {
      const estimate = estimateOf(call);
      const item = putItem(call.desk, estimate, readBody(call, estimateItemBody));
      return { ...showEstimateItem(item, estimate), estimateId: estimate.id };
    },
  },
  {
    method: 'DELETE',
    path: `${path}/:id/items/:itemId`,
    scope,
    handle: (call) => removeItem(call.desk, estimateOf(call), pathId(call, 'itemId')),
  },
  {
    method: 'GET',
    path: `${path}/items`,
    scope,
    handle: ({ desk, query }) => listEstimateItems(desk.records, query),
  },
  {
    method: 'GET',
    path: 'sales/v2/tenant/:tenant/status/estimates/:id/changes',
    scope,
    handle: (call) =>
      call.desk.records.estimate_status_changes
        .ownedBy(estimateOf(call).id)
        .map(({ id, oldStatus, newStatus, createdOn, createdById }) => ({
          id,
          oldStatus,
          newStatus,
          createdOn,
          createdById,
        })),
  },
];
