import { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** What is wrong with a field of a form, in words for whoever fills it in: its title, and what to do. */
export function incompleteField(form: z.ZodType, values: Record<string, unknown>, issue: Issue): string {
  const name = String(issue.path[0] ?? '');
  const field: unknown = shapeOf(form, values)[name];
  const title = (field instanceof z.ZodType ? field.meta()?.title : undefined) ?? name;
  const value = values[name];
  const isEmpty = value === undefined || value === null || value === '';
  if (!isEmpty && !technical.has(issue.code)) return issue.message;
  return isEmpty ? `${title}: nothing is entered yet.` : `${title}: this is not one of the possible values.`;
}

/** The fields of a form; of one with variants, those of the variant that is chosen. */
function shapeOf(form: z.ZodType, values: Record<string, unknown>): Record<string, unknown> {
  if (form instanceof z.ZodObject) return form.shape;
  if (!(form instanceof z.ZodDiscriminatedUnion)) return {};
  const { discriminator } = form.def;
  const chosen = form.options.find(
    (option) =>
      option instanceof z.ZodObject &&
      option.shape[discriminator] instanceof z.ZodLiteral &&
      option.shape[discriminator].value === values[discriminator],
  );
  return chosen instanceof z.ZodObject ? chosen.shape : {};
}

/** Issues whose own words speak of types and lists of codes. */
const technical = new Set<Issue['code']>([
  'invalid_type',
  'invalid_value',
  'invalid_union',
  'invalid_format',
]);
