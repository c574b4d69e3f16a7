import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  appointmentRecord,
  bookingRecord,
  canceledLogRecord,
  customerContactRecord,
  customerRecord,
  estimateRecord,
  jobRecord,
  leadRecord,
} from '#integrations/crm/servicetitan/schemas/records.ts';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import {
  findConnection,
  listClassifications,
  type ConnectionRow,
} from '../repositories/connectionRepository.ts';
import type { Database } from '../repositories/database.ts';
import { setOverride } from '../repositories/journeyRepository.ts';
import { oneAtATime } from '../oneAtATime.ts';
import { applyJourneys, enqueueDueJourneys, loadDerivation } from '../repositories/syncRepository.ts';
import { getWorkspace } from '../repositories/workspaceRepository.ts';
import { stateNumber, transitionSource, type StateNumber } from '../schemas/state.ts';
import type { Change } from '../state/changes.ts';
import { deriveJourneys } from '../state/deriveJourneys.ts';
import { journeyRow, type StoredRow } from '../state/journeyRow.ts';
import type { JourneyOverride } from '../state/overrides.ts';
import { planChanges } from '../state/planChanges.ts';
import { journeySettings, type JourneySettings } from '../state/settings.ts';
import { timestampOf } from '../state/timestamps.ts';
import { contactOfBooking, contactOfCustomer, contactOfLead, type ContactFacts } from './contactFacts.ts';

const queueBatch = 200;
const maxConflicts = 10;

const storedRow = z.object({
  id: z.uuid(),
  version: z.number(),
  derived: journeyRow,
});
const storedOverride = z.object({
  id: z.uuid(),
  journey_id: z.uuid(),
  state: stateNumber,
  set_on: z.string(),
  rule_state_then: stateNumber,
});
const derivation = z.object({
  source: transitionSource,
  records: z.object({
    customers: z.array(customerRecord).default([]),
    customer_contacts: z.array(customerContactRecord).default([]),
    leads: z.array(leadRecord).default([]),
    bookings: z.array(bookingRecord).default([]),
    jobs: z.array(jobRecord).default([]),
    appointments: z.array(appointmentRecord).default([]),
    canceled_logs: z.array(canceledLogRecord).default([]),
    estimates: z.array(estimateRecord).default([]),
  }),
  rows: z.array(storedRow),
  overrides: z.array(storedOverride),
  queueIds: z.array(z.number()),
  derivation: z.number(),
});
type Derivation = z.infer<typeof derivation>;

export interface DerivedCounts {
  rows: number;
  transitions: number;
  runsStarted: number;
  runsEnded: number;
}

/** Derives journeys from the mirror and applies what changed; sets states by hand. */
export class CustomerStateService {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #gates = new Map<string, ReturnType<typeof oneAtATime>>();

  constructor(deps: { database: Database; clock: Clock }) {
    this.#database = deps.database;
    this.#clock = deps.clock;
  }

  /**
   * Derives everything queued for a connection: overrides and due timers first, then changed settings, then records
   * (those only with `includeRecords`: not while a poll is incomplete).
   */
  async deriveConnection(connectionId: string, options: { includeRecords: boolean }): Promise<DerivedCounts> {
    // The database decides between processes; within this one nobody needs to lose.
    const gate = this.#gates.get(connectionId) ?? oneAtATime();
    this.#gates.set(connectionId, gate);
    return gate(() => this.#derive(connectionId, options));
  }

  async #derive(connectionId: string, options: { includeRecords: boolean }): Promise<DerivedCounts> {
    const connection = await findConnection(this.#database, connectionId);
    if (!connection) throw new AppError('not_found', 'There is no such connection.');
    const total = { rows: 0, transitions: 0, runsStarted: 0, runsEnded: 0 };
    await enqueueDueJourneys(this.#database, connectionId, this.#clock.now());
    for (let conflicts = 0; ;) {
      const loaded = derivation
        .nullable()
        .parse(await loadDerivation(this.#database, connectionId, { limit: queueBatch, ...options }));
      if (!loaded) return total;
      try {
        const counts = await this.#deriveBatch(connection, loaded, options);
        conflicts = 0;
        total.rows += counts.rows;
        total.transitions += counts.transitions;
        total.runsStarted += counts.runsStarted;
        total.runsEnded += counts.runsEnded;
      } catch (error) {
        // Somebody else applied the same journeys in between: what they wrote is read and compared anew.
        if (!(error instanceof AppError) || error.code !== 'conflict' || conflicts >= maxConflicts)
          throw error;
        conflicts += 1;
      }
    }
  }

  /** Sets a journey's state; the same `id` a second time changes nothing. */
  async setState(change: {
    id?: string;
    journeyId: string;
    connectionId: string;
    state: StateNumber;
    reason: string;
    setBy: string;
    source: 'manual' | 'flow';
  }): Promise<void> {
    const now = this.#clock.now();
    await setOverride(this.#database, {
      ...change,
      id: change.id ?? randomUUID(),
      setOn: timestampOf(now),
      now,
    });
    await this.deriveConnection(change.connectionId, { includeRecords: false });
  }

  async #deriveBatch(
    connection: ConnectionRow,
    { records, rows: storedRows, overrides: storedOverrides, source, queueIds, ...loaded }: Derivation,
    { includeRecords }: { includeRecords: boolean },
  ): Promise<DerivedCounts> {
    const now = this.#clock.now();
    // Read after the queue: settings whose journeys are queued are saved.
    const settings = await this.#settingsOf(connection);
    const rows: StoredRow[] = storedRows.map(({ id, version, derived }) => ({ ...derived, id, version }));
    const rootOf = new Map(rows.map((row) => [row.id, row.root]));
    const overrides: JourneyOverride[] = storedOverrides.flatMap((override) => {
      const root = rootOf.get(override.journey_id);
      if (!root) return [];
      const { id, state, set_on: setAt, rule_state_then: ruleStateThen } = override;
      return [{ id, root, state, setAt, ruleStateThen, liftedAt: null }];
    });
    const journeys = deriveJourneys({
      records: { ...records, canceledLogs: records.canceled_logs },
      settings,
      now,
      overrides,
      rows,
    });
    const changes = planChanges({
      journeys,
      rows,
      overrides,
      liveFrom: timestampOf(new Date(connection.live_from)),
      source,
    });
    return applyJourneys(this.#database, {
      connectionId: connection.id,
      derivation: loaded.derivation,
      contacts: contactsOf(records),
      changes: changes
        .filter((change) => includeRecords || source === 'settings' || isOfPeopleOrClock(change))
        .map(changeForSql),
      queueIds,
      now,
    });
  }

  async #settingsOf(connection: ConnectionRow): Promise<JourneySettings> {
    const [workspace, classifications] = await Promise.all([
      getWorkspace(this.#database, connection.workspace_id),
      listClassifications(this.#database, connection.id),
    ]);
    const kindsOf = (subject: string) =>
      Object.fromEntries(
        classifications
          .filter((row) => row.subject === subject)
          .map((row) => [String(row.servicetitan_id), row.kind]),
      );
    return journeySettings.parse({
      jobTypes: kindsOf('job_type'),
      businessUnits: kindsOf('business_unit'),
      tags: kindsOf('tag'),
      clericalReasonIds: connection.settings.clericalReasonIds,
      otherEstimateMinimum: connection.settings.otherEstimateMinimum,
      completedResetDays: workspace.completed_reset_days,
      staleResetDays: workspace.stale_reset_days,
    });
  }
}

function contactsOf(records: Derivation['records']): ContactFacts[] {
  const contactsOfCustomers = Map.groupBy(records.customer_contacts, (contact) => contact.customerId);
  return [
    ...records.customers.map((customer) =>
      contactOfCustomer(customer, contactsOfCustomers.get(customer.id) ?? []),
    ),
    ...records.leads.filter((lead) => lead.customerId === null).map(contactOfLead),
    ...records.bookings.filter((booking) => booking.jobId === null).map(contactOfBooking),
  ];
}

/** A change with the names that apply_journeys takes. */
function changeForSql(change: Change) {
  const { row } = change;
  const contact = contactKeyOf(change);
  const entry = change.type === 'refresh' ? null : change.entry;
  return {
    id: change.type === 'insert' ? null : change.rowId,
    expectedVersion: change.type === 'insert' ? null : change.expectedVersion,
    rootType: row.root.type,
    rootId: row.root.id,
    customerId: row.customerId,
    contactType: contact?.type ?? null,
    contactId: contact?.id ?? null,
    state: row.state,
    ruleState: row.ruleState,
    enteringKey: row.enteringKey,
    rule: row.rule,
    happenedOn: row.happenedAt,
    explanation: row.explanation,
    wouldChange: row.wouldChange,
    overrideId: row.overrideId,
    jobId: row.jobId,
    locationId: row.locationId,
    appointmentId: row.appointment?.id ?? null,
    appointmentStart: row.appointment?.start ?? null,
    appointmentEnd: row.appointment?.end ?? null,
    arrivalWindowStart: row.appointment?.arrivalWindowStart ?? null,
    arrivalWindowEnd: row.appointment?.arrivalWindowEnd ?? null,
    nextDueAt: row.nextDueAt,
    openTotal: row.openTotal,
    soldTotal: row.soldTotal,
    derived: row,
    liftedOverrideIds: change.liftedOverrideIds,
    transition: entry,
  };
}

/** Whether a change comes from an override or a reset; any other comes from records, which wait for a complete poll. */
function isOfPeopleOrClock({ row }: Change): boolean {
  return row.isReset || row.overrideId !== null;
}

function contactKeyOf({ row }: Change): { type: string; id: number } | null {
  if (row.customerId !== null) return { type: 'customer', id: row.customerId };
  if (row.root.type === 'lead' || row.root.type === 'booking') return row.root;
  return null;
}
