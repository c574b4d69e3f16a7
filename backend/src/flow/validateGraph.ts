import type { z } from 'zod';
import { isTemplate, listTemplateVariables, TemplateError } from '../email/liquidTemplate.ts';
import { nodeDataSchemas, type DraftGraph, type FlowProblem } from '../schemas/flow.ts';
import { incompleteField } from './incompleteField.ts';
import { checkShape } from './graphShape.ts';
import { templateVariables } from './templateScope.ts';

/** What a graph is checked against: the actions that exist, and what the workspace has said about itself. */
export interface FlowCatalogue {
  findAction(actionId: string): { title: string; input: z.ZodObject } | undefined;
  postalAddress: string;
}

type DraftNode = DraftGraph['nodes'][number];

/** Every reason why a graph cannot be published; none: it can. */
export function validateGraph(graph: DraftGraph, catalogue: FlowCatalogue): FlowProblem[] {
  return [...checkShape(graph), ...graph.nodes.flatMap((node) => checkNode(node, catalogue))];
}

function checkNode(node: DraftNode, catalogue: FlowCatalogue): FlowProblem[] {
  const problem = (field: string | null, message: string): FlowProblem => ({
    nodeId: node.id,
    field,
    message,
  });
  const form: z.ZodObject = nodeDataSchemas[node.type];
  const incomplete = form.safeParse(node.data).error?.issues ?? [];
  if (incomplete.length > 0) {
    return incomplete.map((issue) =>
      problem(issue.path.map(String).join('.') || null, incompleteField(form, node.data, issue)),
    );
  }
  switch (node.type) {
    case 'trigger':
      return nodeDataSchemas.trigger.parse(node.data).state === 0
        ? [problem('state', 'Choose another state: entering 0 starts nothing.')]
        : [];
    case 'send_email': {
      const data = nodeDataSchemas.send_email.parse(node.data);
      return [
        ...checkTemplate(data.subject).map((message) => problem('subject', message)),
        ...checkTemplate(data.body).map((message) => problem('body', message)),
        ...(data.class === 'marketing' && catalogue.postalAddress.trim() === ''
          ? [
              problem(
                'class',
                'Marketing e-mails need the postal address of the company; add it in Settings.',
              ),
            ]
          : []),
      ];
    }
    case 'condition': {
      const { operator, value } = nodeDataSchemas.condition.parse(node.data);
      if (operator === 'exists' || operator === 'not_exists') return [];
      if (value === undefined || value === '') return [problem('value', 'Enter what to compare with.')];
      return (operator === 'greater' || operator === 'less') && !Number.isFinite(Number(value))
        ? [problem('value', 'Enter a number.')]
        : [];
    }
    case 'action':
      return checkAction(nodeDataSchemas.action.parse(node.data), catalogue, problem);
    case 'wait':
    case 'wait_until':
    case 'end':
      break;
  }
  return [];
}

function checkAction(
  data: z.infer<(typeof nodeDataSchemas)['action']>,
  catalogue: FlowCatalogue,
  problem: (field: string, message: string) => FlowProblem,
): FlowProblem[] {
  const action = catalogue.findAction(data.actionId);
  if (!action) return [problem('actionId', 'This action does not exist any more. Choose another.')];
  const templates = new Map(
    Object.entries(data.input).flatMap(([name, value]) =>
      typeof value === 'string' && isTemplate(value) ? [[name, value]] : [],
    ),
  );
  // What a template comes out as is known only when the flow runs: its field is checked then.
  const issues = (action.input.safeParse(data.input).error?.issues ?? []).filter(
    (issue) => !templates.has(String(issue.path[0])),
  );
  return [
    ...issues.map((issue) =>
      problem(
        ['input', ...issue.path].map(String).join('.'),
        incompleteField(action.input, data.input, issue),
      ),
    ),
    ...[...templates].flatMap(([name, value]) =>
      checkTemplate(value).map((message) => problem(`input.${name}`, message)),
    ),
  ];
}

function checkTemplate(template: string): string[] {
  try {
    const unknown = listTemplateVariables(template).filter((name) => !templateVariables.includes(name));
    return unknown.map((name) => `There is no {{ ${name} }}.`);
  } catch (error) {
    if (error instanceof TemplateError) return [`This template cannot be read: ${error.message}`];
    throw error;
  }
}
