import { ServiceTitanIntegration } from './crm/servicetitan/ServiceTitanIntegration.ts';

/** Every integration that a workspace can connect. */
export const integrations = [new ServiceTitanIntegration()] as const;

export type Integration = (typeof integrations)[number];

export function findIntegration(id: string): Integration | undefined {
  return integrations.find((integration) => integration.id === id);
}

/** The action with this id, with the integration that it belongs to. */
export function findAction(id: string) {
  for (const integration of integrations) {
    const action = integration.actions.find((candidate) => candidate.id === id);
    if (action) return { integration, action };
  }
  return undefined;
}
