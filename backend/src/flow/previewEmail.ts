import { composeMessage } from '../email/composeMessage.ts';
import { listTemplateVariables, TemplateError } from '../email/liquidTemplate.ts';
import type { DraftGraph } from '../schemas/flow.ts';
import type { EmailPreviewReply, EmailPreviewRequest } from '../schemas/flowApi.ts';
import { checkTemplate } from './checkTemplate.ts';
import { readScope } from './readScope.ts';
import type { StepContext } from './StepContext.ts';
import { templateScope } from './templateScope.ts';
import { tryEmail, type TrialRecipient } from './tryEmail.ts';
import { variableTitles } from './variableTitles.ts';

type Problem = EmailPreviewReply['problems'][number];

interface EmailPreview {
  graph: DraftGraph;
  email: Omit<EmailPreviewRequest, 'journeyId'>;
  context: StepContext;
  recipient: TrialRecipient;
}

const fields = ['subject', 'body'] as const;
const titles = { subject: 'Subject', body: 'Text' } as const;
const noSubject = '(no subject yet)';

/** An e-mail while it is written: as it would reach a customer, what is wrong with it, and what stays empty. */
export function previewEmail(preview: EmailPreview): Omit<EmailPreviewReply, 'customerName'> {
  const { graph, email, context } = preview;
  const nodeIds = new Set(graph.nodes.map(({ id }) => id));
  const problems = fields.flatMap((field) => problemsOf(field, email[field], { nodeIds, context }));
  const subject = email.subject.trim() === '' ? noSubject : email.subject;
  return { message: composed({ ...email, subject }, preview), problems, empty: emptyNames(email, context) };
}

function problemsOf(
  field: Problem['field'],
  template: string,
  { nodeIds, context }: { nodeIds: ReadonlySet<string>; context: StepContext },
): Problem[] {
  if (template.trim() === '') return [{ field, message: `${titles[field]}: nothing is entered yet.` }];
  const wrong = checkTemplate(template, nodeIds);
  if (wrong.length > 0) return wrong.map((message) => ({ field, message }));
  try {
    composeMessage({ subject: 'x', body: 'x', [field]: template }, templateScope(context), null);
    return [];
  } catch (error) {
    if (error instanceof TemplateError) return [{ field, message: error.message }];
    throw error;
  }
}

function composed(email: EmailPreview['email'], preview: EmailPreview): EmailPreviewReply['message'] {
  try {
    return tryEmail(email, preview);
  } catch (error) {
    if (error instanceof TemplateError) return null;
    throw error;
  }
}

function emptyNames(
  { subject, body }: EmailPreview['email'],
  context: StepContext,
): EmailPreviewReply['empty'] {
  const scope = templateScope(context);
  return [...new Set([subject, body].flatMap(namesIn))].flatMap((name) => {
    if (name.startsWith('steps.')) return [{ name, title: 'What an earlier step came to' }];
    const known = variableTitles.get(name);
    return known && readScope(scope, name) === null
      ? [{ name, title: `${known.group}: ${known.title}` }]
      : [];
  });
}

function namesIn(template: string): string[] {
  try {
    return listTemplateVariables(template);
  } catch (error) {
    if (error instanceof TemplateError) return [];
    throw error;
  }
}
