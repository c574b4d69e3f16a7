import { findAction } from '#integrations/registry.ts';
import { IntegrationError } from '#integrations/errors.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../repositories/database.ts';
import { findJourney } from '../repositories/journeyRepository.ts';
import { stateNumber } from '../schemas/state.ts';
import type { ConnectionService } from './ConnectionService.ts';
import type { CustomerStateService } from './CustomerStateService.ts';
import type { ActionRunner } from './doStep.ts';
import { uuidOfKey } from './uuidOfKey.ts';

/** Runs an integration's action for a flow: what its input leaves empty is the run's own customer and job. */
export function createActionRunner(deps: {
  database: Database;
  connections: ConnectionService;
  states: CustomerStateService;
  clock: Clock;
}): ActionRunner {
  return async ({ actionId, input, idempotencyKey, run }) => {
    const found = findAction(actionId);
    if (!found) {
      throw new IntegrationError(
        'invalid',
        `The action ${actionId} does not exist. Remove it from the flow and publish again.`,
      );
    }
    const journey = await findJourney(deps.database, run.journeyId);
    if (!journey) throw new IntegrationError('not_found', 'The journey of this run is gone.');
    const service = await deps.connections.clientOf(run.connectionId, 'flow');
    const defaults = { customerId: journey.servicetitan_customer_id, jobId: journey.job_id };
    const given = Object.fromEntries(
      Object.entries(input).filter(([, value]) => value !== null && value !== ''),
    );
    return found.action.run(
      {
        service,
        clock: deps.clock,
        idempotencyKey,
        host: {
          updateState: async ({ state, reason }) => {
            const to = stateNumber.parse(state);
            await deps.states.setState({
              id: uuidOfKey(idempotencyKey),
              journeyId: journey.id,
              connectionId: run.connectionId,
              state: to,
              reason,
              setBy: 'flow',
              source: 'flow',
            });
            return { from: journey.current_state, to };
          },
        },
      },
      { ...defaults, ...given },
    );
  };
}
