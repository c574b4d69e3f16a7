import { createCustomer, mergeCustomers } from '../office/customers.ts';
import { dismissLead } from '../office/leads.ts';
import { suppress } from '../office/suppressions.ts';
import type { CustomerContactRow, CustomerRow } from '../rows/crmRows.ts';
import type { Scene } from './acts.ts';
import type { StoryEvent } from './StoryEvent.ts';
import { opportunityOf, receiveLead } from './steps.ts';

/** What an office says of somebody who asked elsewhere too. */
const dismissingReasonId = 1;

function emailsOf({ desk, customer }: Scene): CustomerContactRow[] {
  return desk.records.customer_contacts
    .ownedBy(customer.id)
    .filter((contact) => contact.active && contact.type === 'Email');
}

function refuseWithoutEmail(scene: Scene): string | null {
  return emailsOf(scene).length > 0 ? null : 'has no e-mail address';
}

/** The same person once more, as a second call creates them. */
function duplicate({ desk, customer }: Scene): CustomerRow {
  const { name, type, address } = customer;
  const contacts = desk.records.customer_contacts
    .ownedBy(customer.id)
    .filter((contact) => contact.active)
    .map((contact) => ({ type: contact.type, value: contact.value }));
  return createCustomer(desk, { name, type, address, contacts, locations: [{ name, address }] }).customer;
}

/** What happens to customers and to what they ask. */
export const customerEvents = {
  lead_dismissed: {
    prefers: ['lead'],
    refusal: (_scene, { lead }) => (lead ? null : 'has no open lead that could be dismissed'),
    prepare: receiveLead,
    play: (scene) => {
      const { lead } = opportunityOf(scene);
      if (lead) dismissLead(scene.desk, lead, dismissingReasonId);
    },
  },
  contact_changed: {
    prefers: ['lead', 'booked', 'estimated', 'none'],
    refusal: refuseWithoutEmail,
    play: (scene) => {
      const [email] = emailsOf(scene);
      const { records, now } = scene.desk;
      if (!email) return;
      const value = email.value.replace(/^[^@]*/, (local) => `${local}.new`);
      records.customer_contacts.put({ ...email, value, modifiedOn: now });
    },
  },
  opted_out: {
    prefers: ['lead', 'booked', 'estimated', 'none'],
    refusal: refuseWithoutEmail,
    play: (scene) => {
      const addresses = emailsOf(scene).map(({ value }) => value);
      suppress(scene.desk, addresses, 'Unsubscribe');
    },
  },
  customers_merged: {
    prefers: ['lead', 'booked', 'estimated', 'none'],
    refusal: ({ customer, other }) => (customer.id === other?.id ? 'cannot be merged into itself' : null),
    play: (scene) => {
      const loser = scene.other ?? duplicate(scene);
      mergeCustomers(scene.desk, loser.id, scene.customer.id);
    },
  },
} as const satisfies Record<string, StoryEvent>;
