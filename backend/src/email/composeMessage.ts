import type { TemplateScope } from '../flow/templateScope.ts';
import { layoutHtml } from './layoutHtml.ts';
import { readText, textOf } from './layoutText.ts';
import { renderTemplate, TemplateError } from './liquidTemplate.ts';
import { decodeValues } from './untrustedText.ts';

export interface ComposedMessage {
  subject: string;
  html: string;
  text: string;
}

/** Renders a mail's subject, HTML and plain text from one template; `unsubscribeUrl` is null for transactional mails. */
export function composeMessage(
  template: { subject: string; body: string },
  scope: TemplateScope,
  unsubscribeUrl: string | null,
): ComposedMessage {
  const subject = renderSubject(template.subject, scope);
  const paragraphs = readText(renderTemplate(template.body, scope));
  if (paragraphs.length === 0) throw new TemplateError('The text of the e-mail came out empty.');
  const { name: workspaceName, postalAddress, phone } = scope.workspace;
  const footer = { workspaceName, postalAddress, phone, unsubscribeUrl };
  const signature = [workspaceName, postalAddress, phone].filter((line) => line !== '').join('\n');
  const text = [
    textOf(paragraphs),
    '--',
    signature,
    ...(unsubscribeUrl ? [`Unsubscribe: ${unsubscribeUrl}`] : []),
  ];
  return { subject, html: layoutHtml(subject, paragraphs, footer), text: `${text.join('\n')}\n` };
}

function renderSubject(template: string, scope: TemplateScope): string {
  const subject = decodeValues(renderTemplate(template, scope)).replace(/\s+/g, ' ').trim();
  if (subject === '') throw new TemplateError('The subject of the e-mail came out empty.');
  return subject.slice(0, 300);
}

/** A template rendered into plain text, for the fields of actions. */
export function renderPlain(template: string, scope: TemplateScope): string {
  return decodeValues(renderTemplate(template, scope));
}
