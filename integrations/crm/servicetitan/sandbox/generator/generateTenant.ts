import { dayMs } from '../durations.ts';
import { Random } from '../random.ts';
import type { SandboxLogger } from '../SandboxLogger.ts';
import type { Database } from '../storage/Database.ts';
import type { SandboxTenant } from '../tenants.ts';
import { toTimestamp } from '../timestamps.ts';
import { planCustomer } from './planCustomer.ts';
import { writeReferenceData } from './referenceData.ts';
import { TenantDraft } from './TenantDraft.ts';
import { writeCustomer } from './writeCustomer.ts';
import { type StrangerInput, writeStrangersBooking, writeStrangersLead } from './writeStranger.ts';

const progressEvery = 20_000;

export interface GenerateInput {
  readonly tenant: SandboxTenant;
  /** The tenant's place among the sandbox's: later ones start their ids higher, so that ids overlap only in part. */
  readonly index: number;
  readonly seed: number;
  readonly customers: number;
  readonly years: number;
  readonly anchor: Date;
  readonly logger: SandboxLogger;
}

/** Fills a tenant with people and their past. The same input gives the same records, in the same feed order. */
export function generateTenant(database: Database, input: GenerateInput): void {
  const { tenant, seed, customers, years, anchor, logger } = input;
  const draft = new TenantDraft(database, tenant.id, firstIdsFor(input));
  const { records } = draft;
  const { timeZone } = tenant;
  const days = 410 + (years - 1) * 365;
  writeReferenceData({ records, now: toTimestamp(new Date(anchor.getTime() - days * dayMs)) });
  draft.keepSettings();
  for (let number = 0; number < customers; number += 1) {
    const random = new Random(seed, tenant.id, 'customer', number);
    const plan = planCustomer(number, random);
    const isAlone = plan.tie === null && !plan.scenario.needsPrevious;
    if (isAlone) draft.handIn();
    writeCustomer({ records, anchor, timeZone, random, years }, plan);
    if (number > 0 && number % progressEvery === 0) {
      logger.info({ tenant: tenant.name, customers: number, of: customers }, 'generating customers');
    }
  }
  writeStrangers(draft, input);
  if (customers > progressEvery) logger.info({ tenant: tenant.name }, 'building feeds and indexes');
  draft.settle();
}

/** Estimates of later tenants pass 2^31, as real ids may. */
function firstIdsFor({ index, customers }: GenerateInput) {
  if (index === 0) return {};
  const shift = index * Math.ceil(customers / 3);
  return {
    customers: 1001 + shift,
    jobs: 20_001 + shift,
    leads: 7001 + shift,
    estimates: 2_147_483_600 + shift,
  };
}

/** People of whom the office knows no customer yet: leads and online bookings. */
function writeStrangers(draft: TenantDraft, { tenant, seed, customers, years, anchor }: GenerateInput): void {
  const write = (kind: string, count: number, writeOne: (input: StrangerInput) => void) => {
    for (let index = 0; index < count; index += 1) {
      const random = new Random(seed, tenant.id, kind, index);
      const { records } = draft;
      const deskAt = (daysAgo: number) => ({
        records,
        now: toTimestamp(new Date(anchor.getTime() - Math.round(daysAgo * dayMs)), random.int(0, 9999)),
      });
      const days = 40 + (years - 1) * 365;
      const number = `${kind}${index}`;
      writeOne({ records, anchor, timeZone: tenant.timeZone, random, number, deskAt, days });
      draft.handIn();
    }
  };
  if (customers === 0) return;
  write('lead', Math.ceil(customers / 40), writeStrangersLead);
  write('web', Math.ceil(customers / 50), writeStrangersBooking);
}
