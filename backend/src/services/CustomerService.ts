import { AppError } from '../errors.ts';
import type { Database } from '../repositories/database.ts';
import {
  findContact,
  listCards,
  listCardsOfContact,
  readBoardCards,
  readBoardTotals,
  readTimeline,
  type CardFilter,
  type CardRow,
  type TimelineRow,
} from '../repositories/journeyRepository.ts';
import { encodeCursor, readCursor } from '../repositories/pageCursor.ts';
import type {
  BoardReply,
  CustomersReply,
  JourneyCard,
  JourneyDetail,
  TimelineReply,
} from '../schemas/api.ts';
import { flowNode } from '../schemas/flow.ts';
import { stateNumbers, type StateNumber } from '../schemas/state.ts';
import { titleOfNode } from '../flow/titleOfNode.ts';
import { noNames } from '../schemas/nodes/defineNode.ts';
import { timelineOf } from './timeline.ts';

const cardsPerColumn = 50;

/** What the customer screens show. */
export class CustomerService {
  readonly #database: Database;

  constructor(deps: { database: Database }) {
    this.#database = deps.database;
  }

  async board(filter: CardFilter): Promise<BoardReply> {
    const [totals, rows] = await Promise.all([
      readBoardTotals(this.#database, filter),
      readBoardCards(this.#database, filter, cardsPerColumn),
    ]);
    const totalOf = new Map(totals.map((total) => [total.state, total]));
    const rowsOf = Map.groupBy(rows, (row) => row.current_state);
    return {
      columns: stateNumbers.map((state) => ({
        state,
        count: totalOf.get(state)?.count ?? 0,
        openTotal: totalOf.get(state)?.open_total ?? 0,
        soldTotal: totalOf.get(state)?.sold_total ?? 0,
        cards: (rowsOf.get(state) ?? []).map(cardOf),
      })),
    };
  }

  async list(
    filter: CardFilter & { state: StateNumber | null; cursor: string | null; limit: number },
  ): Promise<CustomersReply> {
    const { cards, total } = await listCards(this.#database, {
      ...filter,
      after: filter.cursor === null ? null : readCursor(filter.cursor),
      limit: filter.limit + 1,
    });
    const page = cards.slice(0, filter.limit);
    const last = page.at(-1);
    const hasMore = cards.length > filter.limit && last !== undefined;
    return {
      customers: page.map(cardOf),
      nextCursor: hasMore ? encodeCursor(last.state_changed_at, last.id) : null,
      total,
    };
  }

  /** The contact with its journeys and timeline; throws not_found for another workspace's. */
  async timeline(workspaceId: string, contactId: string): Promise<TimelineReply> {
    const contact = await findContact(this.#database, workspaceId, contactId);
    if (!contact) throw new AppError('not_found', 'There is no such customer in this workspace.');
    const [rows, timeline] = await Promise.all([
      listCardsOfContact(this.#database, workspaceId, contactId),
      readTimeline(this.#database, contactId),
    ]);
    const [first] = rows;
    return {
      contact: {
        id: contact.id,
        name: contact.name,
        email: contact.email,
        phone: contact.phone,
        doNotMail: contact.do_not_mail || contact.do_not_service,
        marketingAllowed: contact.marketing_allowed,
        suppressed: timeline.suppressed,
        servicetitanCustomerId: contact.source_type === 'customer' ? contact.source_id : null,
        connectionName: first?.connection_name ?? '',
        timeZone: first?.time_zone ?? 'UTC',
      },
      journeys: rows.filter((row) => row.journey_id !== null).map((row) => detailOf(row, timeline)),
      items: timelineOf(timeline, first?.time_zone ?? 'UTC'),
    };
  }

  /**
   * The journey that a request about a customer means: the named one; else the one that is not in state 0, or the
   * newest. Throws not_found, or conflict when several are meant.
   */
  async journeyOf(workspaceId: string, contactId: string, journeyId: string | null): Promise<CardRow> {
    const rows = (await listCardsOfContact(this.#database, workspaceId, contactId)).filter(
      (row) => row.journey_id !== null && (journeyId === null || row.id === journeyId),
    );
    if (rows.length === 0) {
      throw new AppError(
        'not_found',
        'This customer has no such journey. A lead, a visit or an estimate starts one.',
      );
    }
    const moving = rows.filter((row) => row.current_state !== 0);
    if (moving.length > 1) {
      throw new AppError('conflict', 'This customer has several journeys: say which one with journeyId.');
    }
    const [row] = moving.length === 1 ? moving : rows;
    if (!row) throw new AppError('not_found', 'This customer has no journey.');
    return row;
  }
}

function cardOf(row: CardRow): JourneyCard {
  return {
    id: row.id,
    contactId: row.contact_id,
    customerName: row.customer_name,
    servicetitanCustomerId: row.servicetitan_customer_id,
    connectionId: row.connection_id,
    connectionName: row.connection_name,
    timeZone: row.time_zone,
    state: row.current_state,
    jobNumber: row.job_number,
    appointmentStart: iso(row.appointment_start),
    stateChangedAt: new Date(row.state_changed_at).toISOString(),
    happenedAt: row.happened_on,
    openTotal: row.open_total,
    soldTotal: row.sold_total,
  };
}

function detailOf(row: CardRow, timeline: TimelineRow): JourneyDetail {
  return {
    ...cardOf(row),
    rootType: row.root_type ?? 'job',
    rootId: row.root_id ?? 0,
    jobId: row.job_id,
    explanation: row.explanation,
    wouldChange: row.would_change,
    overridden: row.override_id !== null,
    appointmentEnd: iso(row.appointment_end),
    arrivalWindowStart: iso(row.arrival_window_start),
    arrivalWindowEnd: iso(row.arrival_window_end),
    upcoming: timeline.steps
      .filter((step) => step.journey_id === row.id)
      .map((step) => {
        const node = flowNode.safeParse(step.node);
        return {
          runId: step.run_id,
          flowId: step.flow_id,
          flowName: step.flow_name,
          nodeTitle: node.success ? titleOfNode(node.data, noNames) : 'Next step',
          dueAt: iso(step.due_at),
        };
      }),
  };
}

/** Times come as JSON functions or as PostgREST write them. */
function iso(time: string | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
