import { maskedPersonal, maskedSecret, maskValues, type ViewerRole } from '#integrations/maskValues.ts';
import { z } from 'zod';
import { isPersonal } from '../flow/stepWords.ts';
import type { FlowNode } from '../schemas/flow.ts';

interface StepValues {
  input: unknown;
  output: unknown;
}

/** Where an action's schemas are found. */
type FindSchemas = (actionId: string) => { input: z.ZodType; output: z.ZodType } | undefined;

/**
 * What a step was given and answered, as somebody with this role may see it: of an action by its schemas, and what a
 * template filled in is somebody's whatever the field; of other steps what they saw of the person.
 */
export function maskStep(
  { input, output }: StepValues,
  { node, role, findAction }: { node: FlowNode | undefined; role: ViewerRole; findAction: FindSchemas },
): StepValues {
  const action = node?.type === 'action' ? findAction(node.data.actionId) : undefined;
  if (node?.type === 'action' && action) {
    const given = maskValues(action.input, input, role);
    return {
      input: role === 'viewer' ? maskFilledIn(given, node.data.input) : given,
      output: maskValues(action.output, output, role),
    };
  }
  if (role !== 'viewer') return { input, output };
  // Nobody can say any more what is personal in it.
  if (!node || node.type === 'action') return { input: masked(input), output: masked(output) };
  return { input: masked(input), output: maskFindings(output) };
}

function masked(value: unknown): unknown {
  return value === null ? null : maskedPersonal;
}

const values = z.record(z.string(), z.unknown());

function maskFilledIn(input: unknown, template: Readonly<Record<string, unknown>>): unknown {
  const given = values.safeParse(input);
  if (!given.success) return input;
  return Object.fromEntries(
    Object.entries(given.data).map(([name, value]) => {
      // The node may be another version's: only what it says word for word was filled in by nobody's data.
      const isWritten = typeof value !== 'string' || value === maskedSecret || value === template[name];
      return [name, isWritten ? value : maskedPersonal];
    }),
  );
}

const findings = z.looseObject({ rules: z.array(z.looseObject({ field: z.string() })) });

/** What a decision saw of the customer. */
function maskFindings(output: unknown): unknown {
  const parsed = findings.safeParse(output);
  if (!parsed.success) return output;
  const rules = parsed.data.rules.map((rule) =>
    isPersonal(rule.field) ? { ...rule, actual: maskedPersonal } : rule,
  );
  return { ...parsed.data, rules };
}
