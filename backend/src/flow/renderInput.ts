import { renderPlain } from '../email/composeMessage.ts';
import { isTemplate } from '../email/liquidTemplate.ts';
import type { ActionValue } from '../schemas/nodes/logic.ts';
import type { TemplateScope } from './templateScope.ts';

/** An action's input with its templates filled in. */
export function renderInput(
  input: Readonly<Record<string, ActionValue>>,
  scope: TemplateScope,
): Record<string, ActionValue> {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      typeof value === 'string' && isTemplate(value) ? renderPlain(value, scope) : value,
    ]),
  );
}
