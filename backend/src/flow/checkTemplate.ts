import { listTemplateVariables, TemplateError } from '../email/liquidTemplate.ts';
import { templateVariables } from './templateScope.ts';

/** What is wrong with a template: names that there are not, or that it cannot be read. `nodeIds`: all steps of its flow. */
export function checkTemplate(template: string, nodeIds: ReadonlySet<string>): string[] {
  try {
    const unknown = listTemplateVariables(template).filter((name) => !isVariable(name, nodeIds));
    return unknown.map((name) => `There is no {{ ${name} }}.`);
  } catch (error) {
    if (error instanceof TemplateError) return [`This template cannot be read: ${error.message}`];
    throw error;
  }
}

function isVariable(name: string, nodeIds: ReadonlySet<string>): boolean {
  const [root, nodeId = ''] = name.split('.');
  return root === 'steps' ? nodeIds.has(nodeId) : templateVariables.includes(name);
}
