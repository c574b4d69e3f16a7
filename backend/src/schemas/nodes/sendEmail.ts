import { z } from 'zod';
import { defineNode, onlyOutput } from './defineNode.ts';

const emailData = z.object({
  subject: z
    .string()
    .trim()
    .min(1, 'An e-mail needs a subject.')
    .max(300)
    .meta({ title: 'Subject', format: 'template' }),
  body: z
    .string()
    .trim()
    .min(1, 'An e-mail needs a text.')
    .max(50_000)
    .meta({ title: 'Text', description: 'An empty line begins a new paragraph.', format: 'template' }),
  class: z.enum(['transactional', 'marketing']).meta({
    title: 'Kind',
    description: 'Marketing e-mails carry an unsubscribe link and respect opt-outs.',
    enumNames: ['Service (about a visit or job)', 'Marketing'],
  }),
});

export const sendEmailNode = defineNode({
  title: 'Send an e-mail',
  description: 'To the customer’s best address',
  group: 'Messages',
  keywords: ['mail', 'message', 'newsletter'],
  data: emailData,
  initial: { subject: '', body: '', class: 'transactional' },
  outputs: () => onlyOutput,
  sentence: ({ subject }) => `Send "${subject}"`,
});
