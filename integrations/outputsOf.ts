import type { z } from 'zod';
import { presentShape, shapeOf, type JsonShape } from './jsonShape.ts';

/** One value of what an action answers. */
export interface ActionOutput {
  /** Where it stands in the answer, such as `customer.name`. */
  name: string;
  title: string;
  kind: 'text' | 'number' | 'yes_no';
  unit?: string;
  /** Holds values of any names, which are written behind this one: `answer.id`. */
  isOpen?: true;
}

/** How deep an answer is looked into: `customer.address.city`, and no deeper. */
const deepest = 3;

/** The single values of what an action answers; lists are left out, since a condition asks for one value. */
export function outputsOf(output: z.ZodType): ActionOutput[] {
  return readShape(shapeOf(output), { path: [], titles: [] });
}

function readShape(shape: JsonShape, at: { path: string[]; titles: string[] }): ActionOutput[] {
  const { type, properties = {}, isOpen, unit } = presentShape(shape);
  const kind = kindOf(type);
  const said = { name: at.path.join('.'), title: at.titles.join(': '), ...(unit ? { unit } : {}) };
  if (isOpen) return [{ ...said, kind: 'text', isOpen }];
  if (kind) return at.path.length > 0 ? [{ ...said, kind }] : [];
  if (at.path.length >= deepest) return [];
  return Object.entries(properties).flatMap(([name, member]) =>
    readShape(member, {
      path: [...at.path, name],
      titles: [...at.titles, member.title ?? presentShape(member).title ?? inWords(name)],
    }),
  );
}

function kindOf(type: string | undefined): ActionOutput['kind'] | null {
  if (type === 'string') return 'text';
  if (type === 'number' || type === 'integer') return 'number';
  return type === 'boolean' ? 'yes_no' : null;
}

/** openTotal: Open total. */
function inWords(name: string): string {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
