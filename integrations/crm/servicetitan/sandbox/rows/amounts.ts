import { z } from 'zod';

/** Money as invoices and payments write it: a decimal string of two places. */
export function toAmount(value: number): string {
  const written = value.toFixed(2);
  return written === '-0.00' ? '0.00' : written;
}

/** An amount written either way. */
export const amount = z
  .union([z.number(), z.string().regex(/^-?\d+(\.\d+)?$/, 'must be a decimal number')])
  .transform((value) => toAmount(Number(value)));

export const optionalAmount = amount.nullable().default(null);
