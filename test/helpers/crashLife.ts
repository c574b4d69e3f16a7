import { dayMs } from '#integrations/crm/servicetitan/sandbox/durations.ts';
import { Random } from '#integrations/crm/servicetitan/sandbox/random.ts';
import type { Sandbox } from '#integrations/crm/servicetitan/sandbox/startSandbox.ts';
import { ControlError } from '#integrations/crm/servicetitan/sandbox/control/ControlError.ts';
import { ApiError } from '#integrations/crm/servicetitan/sandbox/api/ApiError.ts';
import {
  officeEvents,
  storyEvents,
  type StoryEventName,
} from '#integrations/crm/servicetitan/sandbox/story/storyInput.ts';

/** Which events there are to choose from; the ones that move states twice as often. */
const events = [...storyEvents, ...storyEvents, ...officeEvents];
const tries = 6;

/** Lets the customers of a sandbox live, one after the other in a random order, again and again. */
export class CustomerLives {
  readonly #sandbox: Sandbox;
  readonly #random: Random;
  readonly #customers: readonly { tenant: number; id: number }[];
  #next = 0;
  told = 0;

  constructor(sandbox: Sandbox, options: { seed: number; customers: number }) {
    this.#sandbox = sandbox;
    this.#random = new Random('lives', options.seed);
    const known = sandbox.tenants().flatMap(({ id: tenant }, index) => {
      const first = 1001 + index * Math.ceil(options.customers / 3);
      return Array.from({ length: options.customers }, (_, number) => ({ tenant, id: first + number }));
    });
    this.#customers = known
      .map((customer) => ({ customer, place: this.#random.next() }))
      .toSorted((one, other) => one.place - other.place)
      .map(({ customer }) => customer);
  }

  async tell(count: number): Promise<void> {
    for (let told = 0; told < count; told += 1) {
      const customer = this.#customers[this.#next % this.#customers.length];
      this.#next += 1;
      if (customer && (await this.#happen(customer.tenant, customer.id))) this.told += 1;
    }
  }

  async pass(days: number): Promise<void> {
    await this.#sandbox.advance(days * dayMs);
  }

  /** Something that this customer can do; nothing where it takes part no more. */
  async #happen(tenant: number, customerId: number): Promise<boolean> {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      if (await this.#try(tenant, customerId, this.#random.pick(events))) return true;
    }
    return false;
  }

  async #try(tenant: number, customerId: number, event: StoryEventName): Promise<boolean> {
    try {
      await this.#sandbox.story({ tenant, event, customerId });
      return true;
    } catch (error) {
      if (error instanceof ControlError || error instanceof ApiError) return false;
      throw error;
    }
  }
}
