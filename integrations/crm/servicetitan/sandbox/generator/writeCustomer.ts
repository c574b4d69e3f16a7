import type { NewContact } from '../office/contacts.ts';
import type { NewCustomer } from '../office/customers.ts';
import { suppress } from '../office/suppressions.ts';
import type { CustomerRow } from '../rows/crmRows.ts';
import { inventCustomer } from '../story/inventCustomer.ts';
import type { TenantRecords } from '../TenantRecords.ts';
import { writeEarlierYears } from './earlierYears.ts';
import { History, type HistoryInput } from './History.ts';
import { editInBulk } from './editInBulk.ts';
import { enrichCustomer } from './extras.ts';
import type { CustomerPlan, Tie } from './planCustomer.ts';

const yearDays = 365;

export interface CustomerInput extends HistoryInput {
  readonly years: number;
}

/** One customer and all that happened to it, up to the sandbox's first moment. */
export function writeCustomer(input: CustomerInput, { scenario, tie }: CustomerPlan): void {
  const { random, records, years } = input;
  const emails = random.pick([0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
  const members: Partial<NewCustomer> = {
    type: random.chance(0.06) ? 'Commercial' : 'Residential',
    doNotMail: random.chance(0.05),
    doNotService: random.chance(0.01),
  };
  const number = records.customers.nextId();
  const invented = inventCustomer(random, { timeZone: input.timeZone, number, emails, members });
  const previous = records.customers.get(number - 1);
  const newCustomer = tie && previous ? tied(invented, tie, { records, previous }) : invented;

  const longer = years > 1 && random.chance(0.6) ? random.between(0, (years - 1) * yearDays) : 0;
  const since = random.between(scenario.since[0], scenario.since[1]) + longer;
  const history = new History(input, newCustomer, since);
  writeEarlierYears(history, since, scenario.isFirstSale ?? false);
  scenario.write(history);
  optOut(history, since);
  editInBulk(history);
  enrichCustomer(history);
}

function tied(
  invented: NewCustomer,
  tie: Tie,
  { records, previous }: { records: TenantRecords; previous: CustomerRow },
): NewCustomer {
  const { address, name } = previous;
  const contacts = records.customer_contacts.ownedBy(previous.id);
  const [phone, email] = [find(contacts, 'MobilePhone'), find(contacts, 'Email')];
  const own = invented.contacts ?? [];
  const at = { ...invented, address, locations: [{ name: `${invented.name} residence`, address }] };
  if (tie === 'duplicate') return { ...at, name: name.toUpperCase(), contacts: phone };
  return tie === 'shares_phone'
    ? { ...at, contacts: [...phone, ...own.filter(({ type }) => type === 'Email')] }
    : { ...at, contacts: [...own.filter(({ type }) => type !== 'Email'), ...email] };
}

function find(contacts: readonly NewContact[], wanted: NewContact['type']): NewContact[] {
  return contacts
    .filter(({ type }) => type === wanted)
    .slice(0, 1)
    .map(({ type, value }) => ({ type, value }));
}

/** Some want no advertising, by one way or another. */
function optOut(history: History, since: number): void {
  const { random, records, customer } = history;
  const contacts = records.customer_contacts.ownedBy(customer.id);
  const email = contacts.find(({ type }) => type === 'Email');
  const phone = contacts.find(({ type }) => type === 'MobilePhone');
  const { desk } = history.scene(random.between(1, Math.min(200, since)));
  if (email && random.chance(0.03)) suppress(desk, [email.value], 'Unsubscribe');
  if (email && random.chance(0.03)) {
    const preferences = {
      jobRemindersEnabled: true,
      marketingUpdatesEnabled: false,
      invoiceStatementNotification: true,
    };
    records.customer_contacts.put({ ...email, preferences, modifiedOn: desk.now });
  }
  if (phone?.phoneSettings && random.chance(0.02)) {
    const phoneSettings = { ...phone.phoneSettings, doNotText: true };
    records.customer_contacts.put({ ...phone, phoneSettings, modifiedOn: desk.now });
  }
}
