import { BaseIntegration, type IntegrationDeps } from '../../BaseIntegration.ts';
import type { ConnectionDiagnosis } from '../../ConnectionDiagnosis.ts';
import { addNoteAction } from './actions/addNote.ts';
import { addTagAction } from './actions/addTag.ts';
import { createBookingAction } from './actions/createBooking.ts';
import { createCustomerAction } from './actions/createCustomer.ts';
import { createTaskAction } from './actions/createTask.ts';
import { followUpLeadAction } from './actions/followUpLead.ts';
import { getAppointmentsAction } from './actions/getAppointments.ts';
import { getCustomerAction } from './actions/getCustomer.ts';
import { getEstimatesAction } from './actions/getEstimates.ts';
import { getJobsAction } from './actions/getJobs.ts';
import { removeTagAction } from './actions/removeTag.ts';
import { updateStateAction } from './actions/updateState.ts';
import { diagnoseConnection } from './diagnosis/diagnoseConnection.ts';
import { resolveServiceTitanConfig, serviceTitanCredentials } from './ServiceTitanConfig.ts';
import { ServiceTitanService } from './ServiceTitanService.ts';

/** ServiceTitan as an integration: what it needs to connect, how it is checked, and its flow actions. */
export class ServiceTitanIntegration extends BaseIntegration<ServiceTitanService> {
  override readonly id = 'servicetitan';
  override readonly name = 'ServiceTitan';
  override readonly description =
    'Follows customers from the lead to the finished install, and reads and books in ServiceTitan from flows.';
  override readonly category = 'crm';
  override readonly authType = 'oauth2_client_credentials';
  override readonly credentialSchema = serviceTitanCredentials;
  override readonly actions = [
    getCustomerAction,
    createCustomerAction,
    getAppointmentsAction,
    getJobsAction,
    getEstimatesAction,
    createBookingAction,
    addNoteAction,
    addTagAction,
    removeTagAction,
    followUpLeadAction,
    createTaskAction,
    updateStateAction,
  ];

  override connect(credentials: unknown, { sandbox, ...deps }: IntegrationDeps): ServiceTitanService {
    return new ServiceTitanService({ config: resolveServiceTitanConfig(credentials, sandbox), ...deps });
  }

  override async diagnose(
    credentials: unknown,
    { sandbox, clock, sleep, stopwatch, timeoutMs, shared }: IntegrationDeps,
    signal?: AbortSignal,
  ): Promise<ConnectionDiagnosis> {
    const config = resolveServiceTitanConfig(credentials, sandbox);
    return await diagnoseConnection(config, { clock, sleep, stopwatch, timeoutMs, shared, signal });
  }
}
