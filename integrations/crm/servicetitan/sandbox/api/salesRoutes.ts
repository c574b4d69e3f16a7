import { requireRow } from '../office/Desk.ts';
import { createEstimate, dismissEstimate, sellEstimate, unsellEstimate } from '../office/estimates.ts';
import { findSuppression, suppress, unsuppress } from '../office/suppressions.ts';
import type { EstimateRow } from '../rows/salesRows.ts';
import { invalid, notFound } from './ApiError.ts';
import { newEstimateBody, sellBody, suppressBody, unsuppressBody } from './bodies.ts';
import { type Call, pathId, readBody, type Route, sentMembers } from './route.ts';

const estimatesPath = 'sales/v2/tenant/:tenant/estimates';
const suppressionsPath = 'marketing/v2/tenant/:tenant/suppressions';
const estimates = 'sal.estimates';
const suppressions = 'mar.suppressions';

function estimateOf(call: Call): EstimateRow {
  return requireRow(call.desk.records.estimates, 'Estimate', pathId(call));
}

export const salesRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: estimatesPath,
    scope: estimates,
    handle: (call) => {
      const { status, soldBy, items = [], ...body } = readBody(call, newEstimateBody);
      const { records } = call.desk;
      if (!body.jobId && !body.projectId && !body.locationId) {
        throw invalid({ jobId: ['A job, a project or a location is required.'] });
      }
      if (body.jobId && !records.jobs.get(body.jobId)) {
        throw invalid({ jobId: [`Job ${body.jobId} was not found.`] });
      }
      const estimate = createEstimate(call.desk, { ...sentMembers(body), items });
      if (status === 'Sold') return sellEstimate(call.desk, estimate, soldBy ?? 1);
      return status === 'Dismissed' ? dismissEstimate(call.desk, estimate) : estimate;
    },
  },
  {
    method: 'PUT',
    path: `${estimatesPath}/:id/sell`,
    scope: estimates,
    handle: (call) => sellEstimate(call.desk, estimateOf(call), readBody(call, sellBody).soldBy),
  },
  {
    method: 'PUT',
    path: `${estimatesPath}/:id/unsell`,
    scope: estimates,
    handle: (call) => {
      unsellEstimate(call.desk, estimateOf(call));
    },
  },
  {
    method: 'PUT',
    path: `${estimatesPath}/:id/dismiss`,
    scope: estimates,
    handle: (call) => {
      dismissEstimate(call.desk, estimateOf(call));
    },
  },
  {
    method: 'POST',
    path: `${suppressionsPath}/suppress`,
    scope: suppressions,
    handle: (call) => {
      const { emails, reason } = readBody(call, suppressBody);
      suppress(call.desk, emails, reason);
    },
  },
  {
    method: 'POST',
    path: `${suppressionsPath}/unsuppress`,
    scope: suppressions,
    handle: (call) => unsuppress(call.desk, readBody(call, unsuppressBody).emails),
  },
  {
    method: 'GET',
    path: `${suppressionsPath}/:email`,
    scope: suppressions,
    handle: (call) => {
      const email = call.params['email'] ?? '';
      const row = findSuppression(call.desk, email);
      if (!row) throw notFound('Suppression', email);
      return row;
    },
  },
];
