import { Router } from 'express';
import { z } from 'zod';
import {
  emailPreviewRequest,
  importPreviewRequest,
  importRequest,
  installRequest,
  optionKind,
  refreshOptionsRequest,
  tryRequest,
} from '../schemas/flowApi.ts';
import type { FlowExchange } from '../services/FlowExchange.ts';
import type { FlowGallery } from '../services/FlowGallery.ts';
import type { FlowTrial } from '../services/FlowTrial.ts';
import type { FlowWhy } from '../services/FlowWhy.ts';
import type { OptionService } from '../services/OptionService.ts';
import { isAsked, resourceOfKind } from '../services/optionSources.ts';
import type { PollRequests } from '../services/PollRequests.ts';
import { allowRole, identityOf, parse, parseQuery, requireRole } from './http.ts';

interface FlowToolsDeps {
  exchange: FlowExchange;
  gallery: FlowGallery;
  trial: FlowTrial;
  why: FlowWhy;
  options: OptionService;
  polls: PollRequests;
}

const params = z.object({ id: z.uuid('Use the id of a flow.') });
const galleryParams = z.object({ key: z.string().max(100) });
const kindParams = z.object({ kind: optionKind });
const optionsQuery = z.object({ connectionId: z.uuid('Use the id of a connection.').optional() });
const variablesQuery = z.object({ journeyId: z.uuid('Use the id of a journey.').optional() });
const whyQuery = z.object({ contactId: z.uuid('Use the id of a customer.') });

/** What helps to build flows: files and the gallery, names and live values, trying out, and why. Before /flows/:id. */
export function flowToolsRoutes(deps: FlowToolsDeps): Router {
  const router = Router();
  addExchange(router, deps);
  addNames(router, deps);
  const { trial, why } = deps;
  router.post('/flows/:id/try', requireRole('marketer'), async (request, response) => {
    const { id } = parse(params, request.params);
    response.json(await trial.try(identityOf(request).workspaceId, id, parse(tryRequest, request.body)));
  });
  router.post('/flows/:id/email-preview', requireRole('marketer'), async (request, response) => {
    const { id } = parse(params, request.params);
    const wanted = parse(emailPreviewRequest, request.body);
    response.json(await trial.previewEmail(identityOf(request).workspaceId, id, wanted));
  });
  router.get('/flows/:id/why', async (request, response) => {
    const { id } = parse(params, request.params);
    const { contactId } = parseQuery(whyQuery, request.query);
    const { workspaceId, role } = identityOf(request);
    response.json(await why.explain(workspaceId, id, contactId, role));
  });
  return router;
}

function addExchange(router: Router, { exchange, gallery }: FlowToolsDeps): void {
  router.get('/flows/gallery', async (request, response) => {
    response.json(await gallery.list(identityOf(request).workspaceId));
  });
  router.post('/flows/gallery/:key/install', requireRole('marketer'), async (request, response) => {
    const { key } = parse(galleryParams, request.params);
    const { mapping } = parse(installRequest, request.body ?? {});
    const { workspaceId, email: actor } = identityOf(request);
    response.json(await gallery.install({ workspaceId, actor }, key, mapping));
  });
  router.post('/flows/import/preview', requireRole('marketer'), async (request, response) => {
    const { file } = parse(importPreviewRequest, request.body);
    response.json(await exchange.preview(identityOf(request).workspaceId, file));
  });
  router.post('/flows/import', requireRole('marketer'), async (request, response) => {
    const { file, mapping } = parse(importRequest, request.body);
    const { workspaceId, email: actor } = identityOf(request);
    response.json(await exchange.import({ workspaceId, actor }, file, mapping));
  });
  router.get('/flows/:id/export', async (request, response) => {
    const { id } = parse(params, request.params);
    response.json(await exchange.export(identityOf(request).workspaceId, id));
  });
}

function addNames(router: Router, { options, trial, polls }: FlowToolsDeps): void {
  router.get('/flows/variables', async (request, response) => {
    const { journeyId } = parseQuery(variablesQuery, request.query);
    const { workspaceId, role } = identityOf(request);
    // Viewers learn which names there are, and nothing about anybody.
    response.json(await trial.variables(workspaceId, role === 'viewer' ? null : (journeyId ?? null)));
  });
  router.get('/options/:kind', async (request, response) => {
    const { kind } = parse(kindParams, request.params);
    const { connectionId } = parseQuery(optionsQuery, request.query);
    // It costs the tenants calls, which those who only look never need: these names are what flows say.
    if (isAsked(kind)) allowRole(request, 'marketer');
    response.json(await options.list(identityOf(request).workspaceId, kind, connectionId ?? null));
  });
  router.post('/options/:kind/refresh', requireRole('marketer'), async (request, response) => {
    const { kind } = parse(kindParams, request.params);
    const { connectionId } = parse(refreshOptionsRequest, request.body ?? {});
    const resource = resourceOfKind(kind);
    const connectionIds = await options.tenants(identityOf(request).workspaceId, connectionId ?? null);
    if (resource === null) {
      options.forget(connectionIds);
      response.status(202).json({ started: 0 });
      return;
    }
    for (const id of connectionIds) polls.request(id, 'manual', [resource]);
    response.status(202).json({ started: connectionIds.length });
  });
}
