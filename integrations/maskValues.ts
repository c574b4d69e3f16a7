import type { z } from 'zod';
import type { Sensitivity } from './fields.ts';
import { presentShape, shapeOf, type JsonShape } from './jsonShape.ts';

export type ViewerRole = 'owner' | 'admin' | 'marketer' | 'viewer';

export const maskedSecret = '••• secret';
export const maskedPersonal = '••• hidden';

/**
 * A copy of what an action was given or answered, as somebody with this role may see it: secrets are hidden from
 * everybody, personal data from those who only look. What the schema does not know is hidden from those as well.
 */
export function maskValues(schema: z.ZodType, value: unknown, role: ViewerRole): unknown {
  return mask(shapeOf(schema), value, role);
}

function mask(given: JsonShape, value: unknown, role: ViewerRole): unknown {
  const shape = presentShape(given);
  if (value === null || value === undefined) return value;
  const hidden = maskOf(given.sensitive ?? shape.sensitive, role);
  if (hidden !== null) return hidden;
  if (Array.isArray(value)) return value.map((item) => mask(shape.items ?? unknownShape, item, role));
  if (typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        mask(shape.properties?.[name] ?? unknownShape, member, role),
      ]),
    );
  }
  const isUnknown = !shape.type && !shape.anyOf && !shape.enum;
  return isUnknown && role === 'viewer' ? maskedPersonal : value;
}

const unknownShape: JsonShape = {};

function maskOf(sensitive: Sensitivity | undefined, role: ViewerRole): string | null {
  if (sensitive === 'secret') return maskedSecret;
  return sensitive === 'personal' && role === 'viewer' ? maskedPersonal : null;
}
