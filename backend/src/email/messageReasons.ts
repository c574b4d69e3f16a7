/** Why a message was not sent, in words. The codes are stored. */
const words = {
  left_state: 'The customer had moved on before it was sent.',
  canceled: 'The run that it belongs to was canceled.',
  no_contact: 'The customer is not known any more.',
  no_address: 'ServiceTitan has no e-mail address for this customer.',
  invalid_address: 'The e-mail address in ServiceTitan is not a valid one.',
  do_not_service: 'The customer is marked "do not service" in ServiceTitan.',
  do_not_mail: 'The customer is marked "do not mail" in ServiceTitan.',
  marketing_off: 'The customer switched marketing updates off in ServiceTitan.',
  reminders_off: 'The customer switched job reminders off in ServiceTitan.',
  inactive: 'The customer is not active in ServiceTitan any more.',
  unsubscribed: 'The recipient unsubscribed.',
  bounced: 'Earlier e-mails to this address came back.',
  spam_report: 'The recipient reported an earlier e-mail as spam.',
  never_email: 'The address is on the list of those that get no e-mail.',
  no_postal_address: 'Marketing e-mails need the postal address of the company; add it in Settings.',
  outcome_unknown:
    'The sending was interrupted after the mail server had the text. It may have arrived; it goes out again, a few times at the most, under the same Message-ID.',
  gave_up: 'The mail server could not be reached for days.',
} as const;

export type MessageReason = keyof typeof words;

const reasons = new Map<string, string>(Object.entries(words));

/** A stored reason in words; a refusal carries the server's code ("refused:550"), a delay the kind of trouble. */
export function describeMessageReason(reason: string | null): string | null {
  if (reason === null) return null;
  const [code = '', detail = ''] = reason.split(':');
  if (code === 'refused') return `The mail server refused it (${detail}).`;
  if (code === 'delayed') return `The mail server did not take it yet (${detail}); it is tried again.`;
  return reasons.get(reason) ?? reason;
}
