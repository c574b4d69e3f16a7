import type { ExplainReply } from '#backend/schemas/explain.ts';
import { serveTestStack, startTestStack, testStart, type TestStack } from '#test/helpers/testStack.ts';

type StoryEvent = Parameters<TestStack['sandbox']['story']>[0]['event'];

/** What happens to each, one event at a step. */
const stories = {
  booked: ['sales_booked'],
  returned: ['sales_booked', 'sales_canceled', 'cancellation_removed'],
  unsold: ['sales_booked', 'estimate_created', 'estimate_sold', 'estimate_unsold'],
  superseded: ['sales_booked', 'sales_canceled', null, 'sales_booked'],
  completed: ['sales_booked', 'estimate_created', 'estimate_sold', 'install_scheduled', 'install_completed'],
  overridden: [],
  twice: [],
  reclassified: [],
} as const satisfies Record<string, readonly (StoryEvent | null)[]>;
const steps = 5;

type Told = keyof typeof stories;
export type Life = Told | 'stale' | 'history' | 'reclassified';
export const lives = [
  'booked',
  'returned',
  'unsold',
  'superseded',
  'completed',
  'overridden',
  'twice',
  'stale',
  'history',
  'reclassified',
] as const satisfies readonly Life[];

/** Leads of nobody that come late; ids beyond those of the stories. */
const leadIds = { stale: 900_001, history: 900_002, twice: 900_003 } as const;

/** Customers whose lives together show everything that can be explained. */
export class ExplainWorld {
  readonly stack: TestStack;
  readonly #server: Awaited<ReturnType<typeof serveTestStack>>;
  readonly #customers = new Map<Life, number>();

  private constructor(stack: TestStack, server: Awaited<ReturnType<typeof serveTestStack>>) {
    this.stack = stack;
    this.#server = server;
  }

  static async open(): Promise<ExplainWorld> {
    const stack = await startTestStack();
    return new ExplainWorld(stack, await serveTestStack(stack));
  }

  async liveAll(): Promise<void> {
    await this.#work();
    await this.stack.embedded.sandbox.advance('P4D');
    for (const life of Object.keys(stories)) {
      if (isTold(life)) await this.#tell(life, 'lead_received');
    }
    await this.#work();
    await this.#comeLate();
    for (let step = 0; step < steps; step += 1) {
      // Longer than any way of reading waits.
      await this.stack.embedded.sandbox.advance('PT31M');
      for (const [life, events] of Object.entries(stories)) {
        const event = events[step];
        if (isTold(life) && event) await this.#tell(life, event);
      }
      await this.#work();
      if (step === 0) await this.#override();
    }
    await this.#reclassify();
  }

  async contactOf(life: Life): Promise<string> {
    const ofLead = life === 'stale' || life === 'history';
    const type = ofLead ? 'lead' : 'customer';
    const id = ofLead ? leadIds[life] : this.#customers.get(life);
    const [contact] = await this.stack.embedded.database.sql<{ id: string }>(
      `select id from contacts where source_type = '${type}' and source_id = ${id}`,
    );
    return contact?.id ?? '';
  }

  async explain(contactId: string): Promise<ExplainReply> {
    const response = await this.ask(contactId, this.stack.embedded.secrets.apiToken);
    if (response.status !== 200) throw new Error(await response.text());
    return await response.json();
  }

  async ask(contactId: string, token: string): Promise<Response> {
    return fetch(`${this.#server.url}/api/customers/${contactId}/explain`, {
      headers: { authorization: `Bearer ${token}` },
    });
  }

  async close(): Promise<void> {
    await this.#server.close();
    await this.stack.close();
  }

  async #work(): Promise<void> {
    await this.stack.worker.workUntilIdle({ connectionId: this.stack.connections.socal.id });
  }

  async #tell(life: Life, event: StoryEvent): Promise<void> {
    const customerId = this.#customers.get(life);
    const outcome = await this.stack.sandbox.story({
      tenant: 'SOCAL',
      event,
      ...(customerId === undefined ? {} : { customerId }),
    });
    this.#customers.set(life, outcome.customerId);
  }

  /** A lead of three days ago, one of before the connection was made, and a second one of the same customer. */
  async #comeLate(): Promise<void> {
    const lead = (id: number, days: number, more: object = {}) => {
      const at = new Date(testStart.getTime() + days * 86_400_000).toISOString();
      return { id, status: 'Open', leadCustomerName: `Late ${id}`, createdOn: at, modifiedOn: at, ...more };
    };
    await this.stack.sandbox.load({
      tenant: 'SOCAL',
      resource: 'leads',
      records: [
        lead(leadIds.stale, 1),
        lead(leadIds.history, -10),
        lead(leadIds.twice, 4, { customerId: this.#customers.get('twice') }),
      ],
    });
  }

  async #override(): Promise<void> {
    const { states, customers } = this.stack.context;
    const { workspaceId } = this.stack.identity;
    const journey = await customers.journeyOf(workspaceId, await this.contactOf('overridden'), null);
    await states.setState({
      journeyId: journey.id,
      connectionId: journey.connection_id,
      state: 4,
      reason: 'Sold on the phone.',
      setBy: 'office@demo.example',
      source: 'manual',
    });
  }

  /** A visit that is booked while nobody has said that its job type is one of sales. */
  async #reclassify(): Promise<void> {
    const { database } = this.stack.embedded;
    const { id } = this.stack.connections.socal;
    const kinds = await database.sql<{ id: number }>(
      `update job_classifications set kind = 'other' where connection_id = '${id}' and kind = 'sales' returning servicetitan_id::int as id`,
    );
    await this.#tell('reclassified', 'sales_booked');
    await this.#work();
    await database.sql(
      `update job_classifications set kind = 'sales' where connection_id = '${id}' and servicetitan_id in (${kinds.map((kind) => kind.id).join(', ')})`,
    );
    await database.sql(
      `insert into derivation_queue (workspace_id, connection_id, entity, entity_id, source)
       select workspace_id, connection_id, 'jobs', record_id, 'settings' from servicetitan_records
       where resource = 'jobs' and customer_id = ${this.#customers.get('reclassified')}`,
    );
    await this.#work();
  }
}

function isTold(life: string): life is Told {
  return Object.hasOwn(stories, life);
}
