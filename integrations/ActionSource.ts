import { z } from 'zod';
import { describeAction, type Action, type ActionContext, type ActionDescription } from './action.ts';
import { IntegrationError } from './errors.ts';

/** What offers actions to flows. */
export interface ActionProvider<Service> {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly actions: readonly Action<Service>[];
}

/** The run that an action is done for. */
export interface ActionRun {
  id: string;
  workspaceId: string;
  connectionId: string;
  journeyId: string;
  contactId: string | null;
}

/** A provider together with the way to its service: whoever runs an action need not know what service it takes. */
export interface ActionSource extends ActionProvider<never> {
  run(
    call: {
      actionId: string;
      run: ActionRun;
      context: Omit<ActionContext<never>, 'service'>;
    },
    input: unknown,
  ): Promise<unknown>;
}

/** `serviceOf` makes or finds what the provider's actions work with, for the run that needs it. */
export function actionSource<Service>(
  { id, name, description, actions }: ActionProvider<Service>,
  serviceOf: (run: ActionRun, context: Omit<ActionContext<never>, 'service'>) => Service | Promise<Service>,
): ActionSource {
  return {
    id,
    name,
    description,
    actions,
    run: async ({ actionId, run, context }, input) => {
      const action = actions.find((candidate) => candidate.id === actionId);
      if (!action) {
        throw new IntegrationError(
          'invalid',
          `The action ${actionId} does not exist. Remove it from the flow and publish again.`,
        );
      }
      return await action.run({ ...context, service: await serviceOf(run, context) }, input);
    },
  };
}

/** The action with this id among those of all sources or providers. */
export function findActionIn(
  providers: readonly { readonly actions: readonly Action<never>[] }[],
  id: string,
): Action<never> | undefined {
  return providers.flatMap(({ actions }) => actions).find((action) => action.id === id);
}

/** Descriptions of a provider's actions, for the catalogue. */
export function describeActions({ actions }: { actions: readonly Action<never>[] }): ActionDescription[] {
  return actions.map((action) => describeAction(action));
}

/** For providers that nothing has to be entered for. */
export const noCredentials = z.toJSONSchema(z.object({}), { io: 'input' });
