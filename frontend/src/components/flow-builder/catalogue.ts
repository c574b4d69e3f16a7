import type { IntegrationsReply } from '#backend/schemas/api.ts';

export type Integrations = IntegrationsReply['integrations'];
export type Integration = Integrations[number];
export type ActionEntry = Integration['actions'][number];

/** What is offered, looked up by an action's id. */
export interface Catalogue {
  integrations: Integrations;
  findAction(actionId: unknown): { integration: Integration; action: ActionEntry } | undefined;
}

export function makeCatalogue(integrations: Integrations): Catalogue {
  const actions = new Map(
    integrations.flatMap((integration) =>
      integration.actions.map((action) => [action.id, { integration, action }] as const),
    ),
  );
  return {
    integrations,
    findAction: (actionId) => (typeof actionId === 'string' ? actions.get(actionId) : undefined),
  };
}

/** What an action answers, for conditions and texts of later steps. */
export function answersOf(action: ActionEntry): ActionEntry['outputs'] {
  // Where any names may stand behind a name, no single value can be offered.
  return action.outputs.filter(({ isOpen }) => !isOpen);
}
