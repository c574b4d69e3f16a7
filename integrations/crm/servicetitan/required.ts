import { IntegrationError } from '../../errors.ts';

/** A field that may be left empty only where the run knows its value. */
export function required<Value>(value: Value | undefined, title: string): Value {
  if (value !== undefined) return value;
  throw new IntegrationError(
    'invalid',
    `Fill in "${title}": it is empty, and the run has none to put in its place.`,
  );
}
