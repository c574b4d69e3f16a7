import type { z } from 'zod';
import { isTemplate } from '../email/liquidTemplate.ts';
import { findFact, operatorsOf, type ConditionRule, type Conditions } from '../schemas/conditions.ts';
import { nodeDefinitions, type DraftGraph, type FlowProblem } from '../schemas/flow.ts';
import { checkTemplate } from './checkTemplate.ts';
import { checkShape } from './graphShape.ts';
import { incompleteField } from './incompleteField.ts';

/** What a graph is checked against: what exists, and what the workspace has said about itself. */
export interface FlowCatalogue {
  findAction(actionId: string): { title: string; input: z.ZodObject } | undefined;
  postalAddress: string;
}

type DraftNode = DraftGraph['nodes'][number];
type Report = (field: string | null, message: string, severity?: FlowProblem['severity']) => FlowProblem;

/** Every reason why a graph cannot be published, and advice; no errors: it can. */
export function validateGraph(graph: DraftGraph, catalogue: FlowCatalogue): FlowProblem[] {
  const ids = new Set(graph.nodes.map(({ id }) => id));
  const checks = graph.nodes.flatMap((node) => checkNode(node, { catalogue, ids }));
  const settings: Report = (field, message) => ({ nodeId: null, field, message, severity: 'error' });
  return [
    ...checkShape(graph),
    ...checks,
    ...checkConditions(graph.settings.exitWhen, 'settings.exitWhen', { report: settings, ids }),
    ...adviseGrace(graph),
  ];
}

/** An office that cancels and books again would otherwise have written to the customer in between. */
function adviseGrace(graph: DraftGraph): FlowProblem[] {
  const trigger = graph.nodes.find(({ type }) => type === 'trigger');
  const parsed = nodeDefinitions.trigger.data.safeParse(trigger?.data);
  if (!trigger || !parsed.success || parsed.data.on !== 'state_changed') return [];
  if (!parsed.data.states.some((state) => state === 2.5 || state === 5.5)) return [];
  const next = graph.edges.find(({ source }) => source === trigger.id)?.target;
  const first = graph.nodes.find(({ id }) => id === next);
  if (!first || first.type.startsWith('wait')) return [];
  const message = 'Begin with a wait of an hour: an office that cancels often books again right after.';
  return [{ nodeId: trigger.id, field: null, message, severity: 'advice' }];
}

interface NodeCheck {
  catalogue: FlowCatalogue;
  /** All nodes of the flow. */
  ids: ReadonlySet<string>;
}

function checkNode(node: DraftNode, { catalogue, ids }: NodeCheck): FlowProblem[] {
  const report: Report = (field, message, severity = 'error') => ({
    nodeId: node.id,
    field,
    message,
    severity,
  });
  const form: z.ZodType = nodeDefinitions[node.type].data;
  const incomplete = form.safeParse(node.data).error?.issues ?? [];
  if (incomplete.length > 0) {
    return incomplete.map((issue) =>
      report(issue.path.map(String).join('.') || null, incompleteField(form, node.data, issue)),
    );
  }
  switch (node.type) {
    case 'trigger':
      return checkTrigger(node, { report, ids });
    case 'send_email':
      return checkEmail(node, { catalogue, ids, report });
    case 'condition':
      return checkConditions(nodeDefinitions.condition.data.parse(node.data).if, 'if', { report, ids });
    case 'wait_event':
      return checkConditions(nodeDefinitions.wait_event.data.parse(node.data).until, 'until', {
        report,
        ids,
      });
    case 'go_to': {
      const { target } = nodeDefinitions.go_to.data.parse(node.data);
      return ids.has(target) && target !== node.id ? [] : [report('target', 'Choose the step to go on at.')];
    }
    case 'action':
      return checkAction(nodeDefinitions.action.data.parse(node.data), { catalogue, ids, report });
    case 'wait':
    case 'wait_time':
    case 'wait_until':
    case 'split':
    case 'end':
      return [];
  }
}

function checkTrigger(node: DraftNode, check: { report: Report; ids: ReadonlySet<string> }): FlowProblem[] {
  const data = nodeDefinitions.trigger.data.parse(node.data);
  const where = 'where' in data ? checkConditions(data.where, 'where', check) : [];
  if (data.on !== 'schedule') return where;
  const { report } = check;
  return [
    ...where,
    ...(data.every === 'week' && data.weekday === undefined
      ? [report('weekday', 'Choose the day of the week.')]
      : []),
    ...(data.every === 'month' && data.dayOfMonth === undefined
      ? [report('dayOfMonth', 'Enter the day of the month.')]
      : []),
  ];
}

function checkEmail(
  node: DraftNode,
  { catalogue, ids, report }: NodeCheck & { report: Report },
): FlowProblem[] {
  const data = nodeDefinitions.send_email.data.parse(node.data);
  const problems = (['subject', 'body'] as const).flatMap((field) =>
    checkTemplate(data[field], ids).map((message) => report(field, message)),
  );
  if (data.class !== 'marketing' || catalogue.postalAddress.trim() !== '') return problems;
  const missing = 'Marketing e-mails need the postal address of the company; add it in Settings.';
  return [...problems, report('class', missing)];
}

function checkConditions(
  { groups }: Conditions,
  field: string,
  { report, ids }: { report: Report; ids: ReadonlySet<string> },
): FlowProblem[] {
  return groups.flatMap(({ rules }) =>
    rules.flatMap((rule) => {
      const message = wrongRule(rule, ids);
      return message === null ? [] : [report(field, message)];
    }),
  );
}

function wrongRule(rule: ConditionRule, ids: ReadonlySet<string>): string | null {
  const { field, operator, value, values } = rule;
  const fact = findFact(field);
  const [, nodeId = ''] = field.split('.');
  if (!fact && !ids.has(nodeId)) return 'A rule asks for a step that is gone.';
  const fitting: readonly string[] = fact ? operatorsOf[fact.kind] : [];
  const name = fact ? `${fact.group}: ${fact.title}` : 'Earlier step';
  if (fact && !fitting.includes(operator)) return `${name}: choose another question.`;
  if (operator === 'exists' || operator === 'not_exists') return null;
  const asked = values ?? (value === undefined || value === '' ? [] : [value]);
  if (asked.length === 0) return `${name}: enter what to compare with.`;
  const isNumeric = operator === 'greater' || operator === 'less';
  return isNumeric && !asked.every((each) => Number.isFinite(Number(each)))
    ? `${name}: enter a number.`
    : null;
}

function checkAction(
  data: z.infer<(typeof nodeDefinitions)['action']['data']>,
  { catalogue, ids, report }: NodeCheck & { report: Report },
): FlowProblem[] {
  const action = catalogue.findAction(data.actionId);
  if (!action) return [report('actionId', 'This action does not exist any more. Choose another.')];
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
      report(
        ['input', ...issue.path].map(String).join('.'),
        incompleteField(action.input, data.input, issue),
      ),
    ),
    ...[...templates].flatMap(([name, value]) =>
      checkTemplate(value, ids).map((message) => report(`input.${name}`, message)),
    ),
  ];
}
