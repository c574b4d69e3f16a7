import type { ActionRun } from '#integrations/ActionSource.ts';
import type { ChouHost } from '#integrations/chou/ChouHost.ts';
import type { GuardedHttp } from '#integrations/chou/GuardedHttp.ts';
import { IntegrationError } from '#integrations/errors.ts';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Database } from '../repositories/database.ts';
import { beginCall, endCall, updateContact } from '../repositories/hostActionRepository.ts';
import { findJourney } from '../repositories/journeyRepository.ts';
import type { FlowSecrets } from './FlowSecrets.ts';
import type { TeamMailer } from './TeamMailer.ts';
import { uuidOfKey } from './uuidOfKey.ts';

/** Starts a flow for a journey; once for the key, whatever came of it then. */
export type StartFlow = (request: {
  workspaceId: string;
  flowId: string;
  journeyId: string;
  key: string;
  /** Who asks for it, for the run's page. */
  startedBy: string;
}) => Promise<{ started: boolean; reason: string | null }>;

export interface ChouHostDeps {
  database: Database;
  clock: Clock;
  http: GuardedHttp;
  mailer: TeamMailer;
  secrets: FlowSecrets;
  startFlow: StartFlow;
  appUrl: () => string;
}

/** What the product does for its own actions, for one step of one run. */
export function createChouHost(deps: ChouHostDeps, run: ActionRun, key: string): ChouHost {
  const { workspaceId, journeyId } = run;
  const contactOf = async () => (await findJourney(deps.database, journeyId))?.contact_id ?? run.contactId;
  return {
    http: deps.http,
    callOnce: async (send) => {
      const open = { id: uuidOfKey(`call:${workspaceId}:${key}`), workspaceId, runId: run.id };
      if (!(await beginCall(deps.database, open, deps.clock.now()))) throw brokenOff();
      try {
        return await send();
      } catch (error) {
        // Only what did nothing may be done again; the rest is over when the step is, however this worker fares.
        if (error instanceof IntegrationError && !error.outcomeUnknown) await endCall(deps.database, open);
        throw error;
      }
    },
    notifyTeam: async (mail) => {
      const contactId = await contactOf();
      const link = contactId === null ? null : `${deps.appUrl()}/customers/${contactId}`;
      return await deps.mailer.send({ ...mail, workspaceId, runId: run.id, key, link });
    },
    updateContact: async ({ name = null, email = null, phone = null, optOut }) => {
      const contactId = await contactOf();
      if (contactId === null) throw contactGone();
      const facts = { workspaceId, contactId, name, email, phone, optOut, actor: `run:${run.id}` };
      try {
        return { changed: await updateContact(deps.database, facts, deps.clock.now()) };
      } catch (error) {
        throw error instanceof AppError && error.code === 'not_found' ? contactGone() : error;
      }
    },
    startFlow: async ({ flowId }) =>
      await deps.startFlow({ workspaceId, flowId, journeyId, key, startedBy: `run:${run.id}` }),
    openSecret: (sealed, url) => deps.secrets.open(workspaceId, sealed, url),
  };
}

function brokenOff(): IntegrationError {
  return new IntegrationError(
    'unavailable',
    'An earlier try was interrupted while the other server was being told. Look there whether it was done before trying again.',
    { outcomeUnknown: true },
  );
}

function contactGone(): IntegrationError {
  return new IntegrationError('not_found', 'The contact of this run is gone.');
}
