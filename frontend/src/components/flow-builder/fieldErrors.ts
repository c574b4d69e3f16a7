import type { FlowProblem } from '#backend/schemas/flow.ts';

/** What is wrong with which field of a form: a problem deep inside a field stands at the field. */
export function fieldErrors(problems: readonly FlowProblem[]): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { field, message, severity } of problems) {
    if (field === null || severity === 'advice') continue;
    const name = field.replace(/^(input|settings|data)\./, '').split('.')[0] ?? field;
    errors[name] = errors[name] ? `${errors[name]} ${message}` : message;
  }
  return errors;
}
