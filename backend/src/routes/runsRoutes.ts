import { Router } from 'express';
import { z } from 'zod';
import {
  bulkPreviewRequest,
  bulkRequest,
  enrolmentQuery,
  enrolRequest,
  retryRequest,
  runErrorsQuery,
  runsQuery,
  skipRequest,
  startFlowRequest,
  type BulkPreviewReply,
  type EnrolmentReply,
} from '../schemas/runApi.ts';
import type { AlertService } from '../services/AlertService.ts';
import type { FlowStartService } from '../services/FlowStartService.ts';
import type { RunMender } from '../services/RunMender.ts';
import type { RunService } from '../services/RunService.ts';
import { identityOf, parse, parseQuery, requireRole } from './http.ts';

const params = z.object({ id: z.uuid('Use the id of a flow, run or alert.') });

export interface RunRoutesDeps {
  runs: RunService;
  mender: RunMender;
  starts: FlowStartService;
  alerts: AlertService;
}

/** What flows do: their runs, what people do with these, starts by hand, and what somebody has to see to. */
export function runsRoutes({ runs, mender, starts, alerts }: RunRoutesDeps): Router {
  const router = Router();
  const marketer = requireRole('marketer');
  router.get('/runs', async (request, response) => {
    const { workspaceId } = identityOf(request);
    response.json(await runs.list(workspaceId, parseQuery(runsQuery, request.query)));
  });
  router.get('/runs/errors', async (request, response) => {
    const { workspaceId } = identityOf(request);
    response.json(await runs.errors(workspaceId, parseQuery(runErrorsQuery, request.query)));
  });
  router.post('/runs/bulk/preview', marketer, async (request, response) => {
    const { filter, action } = parse(bulkPreviewRequest, request.body);
    const reply: BulkPreviewReply = {
      count: await mender.count(identityOf(request).workspaceId, filter, action),
    };
    response.json(reply);
  });
  router.post('/runs/bulk', marketer, async (request, response) => {
    const { workspaceId, email: actor } = identityOf(request);
    response.json(await mender.doWithAll({ workspaceId, actor }, parse(bulkRequest, request.body)));
  });
  router.get('/runs/:id', async (request, response) => {
    const { workspaceId, role } = identityOf(request);
    response.json(await runs.get(workspaceId, parse(params, request.params).id, role));
  });
  router.post('/runs/:id/retry', marketer, async (request, response) => {
    const { workspaceId, email: actor, role } = identityOf(request);
    const { id } = parse(params, request.params);
    await mender.retry({ workspaceId, actor }, id, parse(retryRequest, request.body));
    response.json(await runs.get(workspaceId, id, role));
  });
  router.post('/runs/:id/skip', marketer, async (request, response) => {
    const { workspaceId, email: actor, role } = identityOf(request);
    const { id } = parse(params, request.params);
    await mender.skip({ workspaceId, actor }, id, parse(skipRequest, request.body).stepId);
    response.json(await runs.get(workspaceId, id, role));
  });
  router.post('/runs/:id/cancel', marketer, async (request, response) => {
    const { workspaceId, email: actor, role } = identityOf(request);
    const { id } = parse(params, request.params);
    await mender.cancel({ workspaceId, actor }, id);
    response.json(await runs.get(workspaceId, id, role));
  });
  router.post('/flows/:id/start', marketer, async (request, response) => {
    const { workspaceId, email: actor } = identityOf(request);
    const start = parse(startFlowRequest, request.body);
    const { id: flowId } = parse(params, request.params);
    response.status(201).json(await starts.startByHand({ workspaceId, flowId, actor, ...start }));
  });
  router.get('/flows/:id/enrolment', async (request, response) => {
    const { id } = parse(params, request.params);
    const { of } = parseQuery(enrolmentQuery, request.query);
    const found = await starts.countEnrolment(identityOf(request).workspaceId, id, of);
    const reply: EnrolmentReply = { count: found?.count ?? null, isExact: found?.isExact ?? true };
    response.json(reply);
  });
  router.post('/flows/:id/enrol', marketer, async (request, response) => {
    const { workspaceId, email: actor } = identityOf(request);
    const enrolment = parse(enrolRequest, request.body);
    const { id: flowId } = parse(params, request.params);
    response.status(202).json(await starts.enrol({ workspaceId, flowId, actor, ...enrolment }));
  });
  router.get('/alerts', async (request, response) => {
    response.json(await alerts.list(identityOf(request).workspaceId));
  });
  router.post('/alerts/:id/close', marketer, async (request, response) => {
    const { workspaceId, email } = identityOf(request);
    await alerts.close(workspaceId, parse(params, request.params).id, email);
    response.status(204).end();
  });
  return router;
}
