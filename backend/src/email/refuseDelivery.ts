import type { MessageReason } from './messageReasons.ts';

export interface DeliveryQuestion {
  class: 'transactional' | 'marketing';
  /** The state whose entering sent it; null: no flow did. */
  state: number | null;
  postalAddress: string;
  contact: {
    email: string | null;
    active: boolean;
    doNotMail: boolean;
    doNotService: boolean;
    marketingAllowed: boolean;
    remindersAllowed: boolean;
  } | null;
  suppression: string | null;
}

const totalSuppressions = new Map<string, MessageReason>([
  ['bounce', 'bounced'],
  ['spam_report', 'spam_report'],
  ['never_email', 'never_email'],
]);

/** States whose transactional mails are about an appointment. */
const appointmentStates = new Set([2, 5]);

/** Why a message must not go out, by what is known at the moment of sending; null: it may. */
export function refuseDelivery(question: DeliveryQuestion): MessageReason | null {
  const { contact, suppression } = question;
  if (!contact) return 'no_contact';
  if (contact.doNotService) return 'do_not_service';
  if (!contact.email) return 'no_address';
  if (!/^[^\s@<>"(),:;\\[\]]+@[^\s@<>"(),:;\\[\]]+\.[^\s@<>"(),:;\\[\].]+$/.test(contact.email))
    return 'invalid_address';
  const total = suppression === null ? undefined : totalSuppressions.get(suppression);
  if (total) return total;
  if (question.class === 'marketing') {
    if (suppression) return 'unsubscribed';
    if (contact.doNotMail) return 'do_not_mail';
    if (!contact.marketingAllowed) return 'marketing_off';
    if (!contact.active) return 'inactive';
    if (question.postalAddress.trim() === '') return 'no_postal_address';
    return null;
  }
  const isAboutAppointment = question.state !== null && appointmentStates.has(question.state);
  return isAboutAppointment && !contact.remindersAllowed ? 'reminders_off' : null;
}
