import { expect, test } from 'vitest';
import { eventSchemas } from '#test/conform/webhookInbox.ts';

test('the schema of an event is found by its name, however the component is called', () => {
  const references = [
    'jpm#/components/schemas/CloudEvent_Of_Jpm.V2.Webhook.JobAppointmentUpdatedWebhookEvent',
    'crm#/components/schemas/CloudEvent_Of_Crm.V2.Webhooks.LeadCreatedWebhook',
    'crm#/components/schemas/CloudEvent_Of_Crm.V2.Webhooks.BookingUpdatedWebhookPayload',
    'accounting#/components/schemas/CloudEvent_Of_Accounting.V2.Webhook.InvoiceBatchedEventPayload',
    'jpm#/components/schemas/Jpm.V2.Webhook.JobScheduledWebhookEvent',
  ];
  const schemas = eventSchemas(new Map(references.map((reference) => [reference, {}])));
  expect([...schemas]).toEqual([
    ['job-appointment-updated', { $ref: references[0] }],
    ['lead-created', { $ref: references[1] }],
    ['booking-updated', { $ref: references[2] }],
    ['invoice-batched', { $ref: references[3] }],
  ]);
});
