import { composeMessage } from '../email/composeMessage.ts';
import { describeMessageReason } from '../email/messageReasons.ts';
import { refuseDelivery, type DeliveryQuestion } from '../email/refuseDelivery.ts';
import type { DraftGraph, NodeOf } from '../schemas/flow.ts';
import type { TriedMessage } from '../schemas/flowApi.ts';
import type { StepContext } from './StepContext.ts';
import { templateScope } from './templateScope.ts';

/** What decides whether an e-mail may go out, apart from what the customer's own records say. */
export type TrialRecipient = Pick<DeliveryQuestion, 'contact' | 'suppression' | 'postalAddress'>;

/** Shown in the place of a link that is made for each message when it is sent. */
const unsubscribeUrl = 'https://example.com/unsubscribe';

interface EmailTrial {
  graph: Pick<DraftGraph, 'nodes'>;
  context: StepContext;
  recipient: TrialRecipient;
}

/** An e-mail as it would reach a customer, and whether it would go out. Throws a TemplateError when it cannot be composed. */
export function tryEmail(data: NodeOf<'send_email'>['data'], trial: EmailTrial): TriedMessage {
  const { graph, context, recipient } = trial;
  const { class: kind } = data;
  const composed = composeMessage(data, templateScope(context), kind === 'marketing' ? unsubscribeUrl : null);
  const trigger = graph.nodes.find(({ type }) => type === 'trigger');
  const startedByState = trigger !== undefined && 'on' in trigger.data && trigger.data.on === 'state_changed';
  const refusal = refuseDelivery({
    ...recipient,
    contact: recipient.contact && context.customer && { ...recipient.contact, email: context.customer.email },
    suppression: recipient.suppression ?? (context.customer?.unsubscribed ? 'unsubscribe' : null),
    class: kind,
    state: startedByState ? context.state : null,
  });
  return {
    ...composed,
    class: kind,
    to: context.customer?.email ?? null,
    refused: describeMessageReason(refusal),
  };
}
