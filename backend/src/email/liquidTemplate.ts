import { Liquid, LiquidError } from 'liquidjs';
import { encodeValue } from './untrustedText.ts';

// In memory and without any partial: a template must not read the server's files.
const engine = new Liquid({
  templates: {},
  strictFilters: true,
  ownPropertyOnly: true,
  outputEscape: encodeValue,
  parseLimit: 100_000,
  renderLimit: 2_000,
  memoryLimit: 10_000_000,
});
for (const tag of ['include', 'render', 'layout', 'block']) delete engine.tags[tag];

/** The template cannot be used as it is; the message says where. */
export class TemplateError extends Error {}

/** Renders a template; the values in it come out encoded (see untrustedText.ts). */
export function renderTemplate(template: string, scope: object): string {
  try {
    return String(engine.parseAndRenderSync(template, scope));
  } catch (error) {
    if (LiquidError.is(error)) throw new TemplateError(firstLine(error.message), { cause: error });
    throw error;
  }
}

/** The names that a template uses, such as customer.firstName. Throws a TemplateError when it cannot be read. */
export function listTemplateVariables(template: string): string[] {
  try {
    return engine.globalFullVariablesSync(template);
  } catch (error) {
    if (LiquidError.is(error)) throw new TemplateError(firstLine(error.message), { cause: error });
    throw error;
  }
}

export function isTemplate(text: string): boolean {
  return /\{\{|\{%/.test(text);
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}
