import type { Action } from './action.ts';
import { findActionIn, type ActionProvider } from './ActionSource.ts';
import { chou } from './chou/chou.ts';
import { ServiceTitanIntegration } from './crm/servicetitan/ServiceTitanIntegration.ts';

/** Every integration that a workspace can connect. */
export const integrations = [new ServiceTitanIntegration()] as const;

/** Everything that offers actions to flows. */
export const actionProviders: readonly ActionProvider<never>[] = [...integrations, chou];

/** The action with this id, with what offers it. */
export function findAction(
  id: string,
): { provider: ActionProvider<never>; action: Action<never> } | undefined {
  for (const provider of actionProviders) {
    const action = findActionIn([provider], id);
    if (action) return { provider, action };
  }
  return undefined;
}
