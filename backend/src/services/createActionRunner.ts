import type { ActionSource } from '#integrations/ActionSource.ts';
import { IntegrationError } from '#integrations/errors.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../repositories/database.ts';
import { findJourney } from '../repositories/journeyRepository.ts';
import { stateNumber } from '../schemas/state.ts';
import type { CustomerStateService } from './CustomerStateService.ts';
import type { ActionRunner } from './doStep.ts';
import { uuidOfKey } from './uuidOfKey.ts';

/** Runs an action for a flow: what its input leaves empty is the run's own customer, job and lead. */
export function createActionRunner(deps: {
  database: Database;
  states: Pick<CustomerStateService, 'setState'>;
  clock: Clock;
  sources: readonly ActionSource[];
}): ActionRunner {
  return async ({ actionId, input, idempotencyKey, run }) => {
    const source = deps.sources.find(({ actions }) => actions.some(({ id }) => id === actionId));
    if (!source) {
      throw new IntegrationError(
        'invalid',
        `The action ${actionId} does not exist. Remove it from the flow and publish again.`,
      );
    }
    const journey = await findJourney(deps.database, run.journeyId);
    if (!journey) throw new IntegrationError('not_found', 'The journey of this run is gone.');
    const defaults = {
      customerId: journey.servicetitan_customer_id,
      jobId: journey.job_id,
      leadId: journey.root_type === 'lead' ? journey.root_id : null,
    };
    const given = Object.fromEntries(
      Object.entries(input).filter(([, value]) => value !== null && value !== ''),
    );
    const context = {
      clock: deps.clock,
      idempotencyKey,
      host: {
        updateState: async ({ state, reason }: { state: number; reason: string }) => {
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
    };
    return await source.run({ actionId, run, context }, { ...defaults, ...given });
  };
}
