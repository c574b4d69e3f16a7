import { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** What is wrong with a field of a form, in words for whoever fills it in: its title, and what to do. */
export function incompleteField(form: z.ZodObject, values: Record<string, unknown>, issue: Issue): string {
  const name = String(issue.path[0] ?? '');
  const field: unknown = form.shape[name];
  const title = (field instanceof z.ZodType ? field.meta()?.title : undefined) ?? name;
  const value = values[name];
  const isEmpty = value === undefined || value === null || value === '';
  if (!isEmpty && !technical.has(issue.code)) return issue.message;
  return isEmpty ? `${title}: nothing is entered yet.` : `${title}: this is not one of the possible values.`;
}

/** Issues whose own words speak of types and lists of codes. */
const technical = new Set<Issue['code']>([
  'invalid_type',
  'invalid_value',
  'invalid_union',
  'invalid_format',
]);
