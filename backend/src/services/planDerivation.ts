import type { Derivation, LoadedDerivation } from '../repositories/derivationRepository.ts';
import type { Change } from '../state/changes.ts';
import { deriveJourneys } from '../state/deriveJourneys.ts';
import type { Journey } from '../state/journey.ts';
import { planChanges } from '../state/planChanges.ts';
import { keyOf } from '../state/roots.ts';
import { contactOfBooking, contactOfCustomer, contactOfLead, type ContactFacts } from './contactFacts.ts';

/** What is to be written for a batch, with the names that apply_journeys takes. */
export interface DerivationPlan {
  contacts: ContactFacts[];
  changes: object[];
  /** Leads with the roots of their journeys: flows may start because they were received. */
  leads: object[];
  /** The rows about whose customers something was read. */
  touched: string[];
}

/** Derives the journeys of a batch and compares them with the stored rows. */
export function planDerivation(loaded: LoadedDerivation, now: Date): DerivationPlan {
  const { closure, settings, source } = loaded;
  const { records, rows, overrides } = closure;
  const journeys = deriveJourneys({ records, settings: settings.journeys, now, overrides, rows });
  const changes = planChanges({ journeys, rows, overrides, liveFrom: settings.liveFrom, source });
  const pending = new Set(loaded.pending);
  return {
    contacts: contactsOf(records),
    changes: changes
      .filter((change) => !pending.has(keyOf(change.row.root)) || isOfPeopleOrClock(change))
      .map((change) => writeChange(change, settings.mayStartFlows)),
    leads: bringsNews(loaded) ? leadsOf(journeys, loaded) : [],
    touched: rows.map(({ id }) => id),
  };
}

function bringsNews({ rule }: LoadedDerivation): boolean {
  return rule === 'records' || rule === 'backfill';
}

/** The leads since the connection went live; which of them are new is known where it is written down. */
function leadsOf(journeys: readonly Journey[], { closure, settings, pending }: LoadedDerivation): object[] {
  if (!settings.wantsLeads) return [];
  const held = new Set(pending);
  const recent = new Set(
    closure.records.leads.filter((lead) => lead.createdOn >= settings.liveFrom).map(({ id }) => id),
  );
  return journeys
    .filter(({ root }) => !held.has(keyOf(root)))
    .flatMap(({ root, members }) =>
      members
        .filter(({ type, id }) => type === 'lead' && recent.has(id))
        .map(({ id }) => ({ lead_id: id, root_type: root.type, root_id: root.id })),
    );
}

/** Whether a change comes from an override or a reset; any other comes from records, which are derived by themselves. */
function isOfPeopleOrClock({ row }: Change): boolean {
  return row.isReset || row.overrideId !== null;
}

function contactsOf(records: Derivation['records']): ContactFacts[] {
  const contactsOfCustomers = Map.groupBy(records.customerContacts, (contact) => contact.customerId);
  return [
    ...records.customers.map((customer) =>
      contactOfCustomer(customer, contactsOfCustomers.get(customer.id) ?? []),
    ),
    ...records.leads.filter((lead) => lead.customerId === null).map(contactOfLead),
    ...records.bookings.filter((booking) => booking.jobId === null).map(contactOfBooking),
  ];
}

function writeChange(change: Change, mayStartFlows: boolean): object {
  const { row, liftedOverrideIds } = change;
  const contact = contactKeyOf(change);
  const entry = change.type === 'refresh' ? null : change.entry;
  return {
    ...(change.type === 'insert' ? {} : { id: change.rowId, expectedVersion: change.expectedVersion }),
    ...(contact ? { contactType: contact.type, contactId: contact.id } : {}),
    ...(liftedOverrideIds.length > 0 ? { lifted: liftedOverrideIds } : {}),
    ...(entry
      ? {
          entry: {
            from: entry.from,
            source: entry.source,
            backfill: entry.backfill,
            settings: entry.settings && !mayStartFlows,
            appointmentAhead: entry.appointmentAhead,
          },
        }
      : {}),
    row,
  };
}

function contactKeyOf({ row }: Change): { type: string; id: number } | null {
  if (row.customerId !== null) return { type: 'customer', id: row.customerId };
  if (row.root.type === 'lead' || row.root.type === 'booking') return row.root;
  return null;
}
