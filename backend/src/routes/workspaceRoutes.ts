import { Router } from 'express';
import type { Clock } from '../clock.ts';
import type { Database } from '../repositories/database.ts';
import {
  getWorkspace,
  insertAudit,
  updateWorkspace,
  type WorkspaceRow,
} from '../repositories/workspaceRepository.ts';
import { workspaceRequest, type WorkspaceReply } from '../schemas/api.ts';
import { identityOf, parse, requireRole } from './http.ts';

/** Who the workspace is to the people it mails. */
export function workspaceRoutes(deps: { database: Database; clock: Clock }): Router {
  const router = Router();
  router.get('/workspace', async (request, response) => {
    response.json(replyOf(await getWorkspace(deps.database, identityOf(request).workspaceId)));
  });
  router.patch('/workspace', requireRole('admin'), async (request, response) => {
    const { workspaceId, email } = identityOf(request);
    const now = deps.clock.now();
    const given = Object.entries(parse(workspaceRequest, request.body));
    const values = Object.fromEntries(given.filter(([, value]) => value !== undefined));
    const workspace = await updateWorkspace(deps.database, workspaceId, values, now);
    const entry = {
      workspaceId,
      actor: email,
      action: 'workspace.update',
      subject: `workspace:${workspaceId}`,
    };
    await insertAudit(deps.database, { ...entry, detail: { fields: Object.keys(values) } }, now);
    response.json(replyOf(workspace));
  });
  return router;
}

function replyOf(row: WorkspaceRow): WorkspaceReply {
  return {
    id: row.id,
    name: row.name,
    timeZone: row.time_zone,
    senderName: row.sender_name,
    senderEmail: row.sender_email,
    postalAddress: row.postal_address,
    phone: row.phone,
    website: row.website,
    reviewUrl: row.review_url,
  };
}
