/** A control-plane refusal: what is wrong and, by field, what would be right. */
export class ControlError extends Error {
  readonly status: number;
  readonly issues: readonly ControlIssue[];

  constructor(status: number, message: string, issues: readonly ControlIssue[] = []) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
    this.issues = issues;
  }
}

export interface ControlIssue {
  readonly field: string;
  readonly message: string;
  /** The index of the refused record in a bulk load. */
  readonly index?: number;
}

/** The issues of a refused body, by field. */
export function refuse(errors: Readonly<Record<string, readonly string[]>>, index?: number): ControlError {
  const issues = Object.entries(errors).flatMap(([field, messages]) =>
    messages.map((message) => (index === undefined ? { field, message } : { index, field, message })),
  );
  const where = index === undefined ? '' : `record ${index}: `;
  const text = issues
    .map(({ field, message }) => (field === '' ? message : `${field} ${message}`))
    .join('; ');
  return new ControlError(400, `${where}${text}`, issues);
}
