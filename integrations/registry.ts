import { ServiceTitanIntegration } from './crm/servicetitan/ServiceTitanIntegration.ts';

/** Every integration that a workspace can connect. */
export const integrations = [new ServiceTitanIntegration()] as const;

/** The action with this id, with the integration that it belongs to. */
export function findAction(id: string) {
  for (const integration of integrations) {
    const action = integration.actions.find((candidate) => candidate.id === id);
    if (action) return { integration, action };
  }
  return undefined;
}
