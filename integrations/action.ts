import { z } from 'zod';
import type { Clock } from './clock.ts';
import { IntegrationError } from './errors.ts';
import { outputsOf, type ActionOutput } from './outputsOf.ts';

/** read: changes nothing; write: changes something outside, or tells somebody; state: changes the customer's state here. */
type ActionEffect = 'read' | 'write' | 'state';

/** What an action may ask of the application that runs it. */
interface ActionHost {
  updateState(change: { state: number; reason: string }): Promise<{ from: number; to: number }>;
}

export interface ActionContext<Service> {
  service: Service;
  clock: Clock;
  /** The same for every attempt of the same step: what keeps a repeated write from doing its work twice. */
  idempotencyKey: string;
  signal?: AbortSignal | undefined;
  host: ActionHost;
}

interface ActionIdentity {
  id: string;
  title: string;
  description: string;
  category: string;
  effect: ActionEffect;
}

interface ActionNeeds {
  /** The permissions that it needs of the vendor, by the vendor's names; named when one is missing. */
  scopes?: readonly string[];
}

export interface ActionDefinition<Service, Input extends z.ZodObject, Output extends z.ZodType>
  extends ActionIdentity, ActionNeeds {
  input: Input;
  output: Output;
  run(context: ActionContext<Service>, input: z.output<Input>): Promise<z.output<Output>>;
}

/** An action as the runtime sees it: its input is whatever a flow's templates rendered, checked by `run`. */
export interface Action<Service> extends ActionIdentity, ActionNeeds {
  readonly input: z.ZodObject;
  readonly output: z.ZodType;
  readonly run: (context: ActionContext<Service>, input: unknown) => Promise<unknown>;
}

/** Declares an action once: its form, its validation and its execution follow from the definition. */
export function defineAction<Service, Input extends z.ZodObject, Output extends z.ZodType>(
  definition: ActionDefinition<Service, Input, Output>,
): Action<Service> {
  return {
    ...definition,
    run: async (context, input) => {
      const parsed = definition.input.safeParse(input);
      if (!parsed.success) throw invalidInput(definition, parsed.error);
      try {
        return await definition.run(context, parsed.data);
      } catch (error) {
        throw error instanceof IntegrationError ? withScopes(definition, error) : error;
      }
    },
  };
}

/** The vendor's refusal alone seldom says which permission is missing. */
function withScopes(
  { title, scopes = [] }: ActionIdentity & ActionNeeds,
  error: IntegrationError,
): IntegrationError {
  if (error.kind !== 'forbidden' || scopes.length === 0) return error;
  return new IntegrationError('forbidden', `"${title}" needs ${scopes.join(' and ')}. ${error.message}`, {
    status: error.status,
    requestId: error.requestId,
    outcomeUnknown: error.outcomeUnknown,
    cause: error,
  });
}

function invalidInput(
  definition: ActionIdentity & { input: z.ZodObject },
  error: z.ZodError,
): IntegrationError {
  const problems = error.issues.map((issue) => {
    const [name = ''] = issue.path.map(String);
    const field: unknown = definition.input.shape[name];
    const title = field instanceof z.ZodType ? (field.meta()?.title ?? name) : name;
    return title ? `${title}: ${issue.message}` : issue.message;
  });
  return new IntegrationError(
    'invalid',
    `Check the fields of "${definition.title}". ${problems.join('; ')}.`,
  );
}

export interface ActionDescription extends ActionIdentity {
  inputSchema: z.core.JSONSchema.BaseSchema;
  /** What it answers, for conditions and texts of later steps. */
  outputs: ActionOutput[];
}

/** An action's entry in the catalogue: what a form can be drawn from. */
export function describeAction(action: Action<never>): ActionDescription {
  const { id, title, description, category, effect, input, output } = action;
  const inputSchema = z.toJSONSchema(input, { io: 'input' });
  return { id, title, description, category, effect, inputSchema, outputs: outputsOf(output) };
}
