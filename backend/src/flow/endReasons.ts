/** Why runs are over before their end, in words. The codes are stored. */
const words = {
  left_state: 'the customer left the state that started it',
  not_matched: 'it is not for this customer: what it asks for at the start did not hold',
  past: 'the moment that it would have waited for was past already',
  unsubscribed: 'the customer unsubscribed',
  replied: 'the customer replied',
  goal: 'the customer reached what it is for',
  canceled: 'somebody canceled it',
  restored: 'the data were restored from a copy, in which it had not begun',
  rescheduled: 'the appointment that it was about is at another time, or not at all',
  moved: 'the new version has no step where the customer would go on',
} as const;

const reasons = new Map<string, string>(Object.entries(words));

/** A stored reason as a part of a sentence; an unknown one as it is stored, null for none. */
export function describeEndReason(reason: string | null): string | null {
  return reason === null ? null : (reasons.get(reason) ?? reason.replaceAll('_', ' '));
}
