import { describeMessageReason } from '../email/messageReasons.ts';
import { refuseDelivery, type DeliveryQuestion } from '../email/refuseDelivery.ts';
import type { ExplainReply, OptOutExplanation } from '../schemas/explain.ts';

interface Consent {
  contact: NonNullable<DeliveryQuestion['contact']>;
  /** The strictest one, by which mails are refused. */
  suppression: string | null;
  suppressions: readonly { reason: string; source: string }[];
  postalAddress: string;
}

/** Whether e-mails could go out now, by the very rule that is asked when one does, and what each opt-out says. */
export function explainConsent(consent: Consent): ExplainReply['consent'] {
  const ask = (kind: DeliveryQuestion['class'], state: number | null) => {
    const refusal = refuseDelivery({ ...consent, class: kind, state });
    return {
      allowed: refusal === null,
      because: describeMessageReason(refusal) ?? 'Nothing stands in the way.',
    };
  };
  return {
    marketing: ask('marketing', null),
    service: ask('transactional', null),
    reminders: ask('transactional', 2),
    optOuts: optOutsOf(consent),
  };
}

const suppressionWords = new Map([
  ['bounce', 'earlier e-mails came back'],
  ['spam_report', 'reported as spam'],
  ['never_email', 'never to be e-mailed'],
  ['unsubscribe', 'unsubscribed'],
  ['manual', 'unsubscribed by hand'],
]);

function optOutsOf({ contact, suppressions }: Consent): OptOutExplanation[] {
  const { doNotMail, doNotService, marketingAllowed, remindersAllowed } = contact;
  const switchedOff = [
    marketingAllowed ? [] : ['marketing updates'],
    remindersAllowed ? [] : ['job reminders'],
  ].flat();
  const listed = suppressions.map(
    ({ reason, source }) => `${suppressionWords.get(reason) ?? reason} (${source.replaceAll('_', ' ')})`,
  );
  return [
    {
      key: 'do_not_mail',
      title: 'Do not mail',
      says: doNotMail ? 'Marked in ServiceTitan: no marketing e-mail.' : 'Not marked.',
      blocks: doNotMail,
    },
    {
      key: 'do_not_service',
      title: 'Do not service',
      says: doNotService ? 'Marked in ServiceTitan: no e-mail at all.' : 'Not marked.',
      blocks: doNotService,
    },
    {
      key: 'preferences',
      title: 'Preferences of the e-mail address',
      says:
        switchedOff.length > 0 ? `Switched off: ${switchedOff.join(' and ')}.` : 'Nothing is switched off.',
      blocks: switchedOff.length > 0,
    },
    {
      key: 'suppressions',
      title: 'Suppressed addresses',
      says: listed.length > 0 ? `On the list: ${listed.join(', ')}.` : 'Not on the list.',
      blocks: listed.length > 0,
    },
    {
      key: 'texts',
      title: 'Text messages',
      says: 'An opt-out from text messages does not concern e-mails, and no text messages are sent.',
      blocks: false,
    },
  ];
}
