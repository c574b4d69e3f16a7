import type { Desk } from '../office/Desk.ts';
import type { Random } from '../random.ts';
import { reasonRow } from '../rows/jobLogRows.ts';
import { jobTypeRow } from '../rows/jobRows.ts';
import { businessUnitRow } from '../rows/settingsRows.ts';
import { installName, isClerical, salesName } from './jobKind.ts';

export type WorkKind = 'sales' | 'install';

const names = {
  sales: { test: salesName, jobType: 'HVAC Sales Estimate', businessUnit: 'Sales' },
  install: { test: installName, jobType: 'HVAC Install', businessUnit: 'Install' },
} as const;

/** The job type and business unit for some work; a tenant that has none of the kind gets them. */
export function workReference({ records, now }: Desk, kind: WorkKind, random: Random) {
  const { test, jobType, businessUnit } = names[kind];
  const dates = { createdOn: now, modifiedOn: now };
  const types = records.job_types.where(
    (row) => row.active && test.test(row.name) && !isOther(kind, row.name),
  );
  const type =
    types.length > 0
      ? random.pick(types)
      : records.job_types.put(jobTypeRow.parse({ id: records.job_types.nextId(), name: jobType, ...dates }));
  const unit =
    records.business_units.where((row) => row.active && row.name.includes(businessUnit))[0] ??
    records.business_units.put(
      businessUnitRow.parse({ id: records.business_units.nextId(), name: businessUnit, ...dates }),
    );
  return { jobTypeId: type.id, businessUnitId: unit.id };
}

/** Sales names win: an "Install Consult" is a sales visit. */
function isOther(kind: WorkKind, name: string): boolean {
  return kind === 'install' && salesName.test(name);
}

/** A reason for which customers cancel, rather than offices. */
export function genuineReason({ records, now }: Desk, random: Random): number {
  const reasons = records.cancel_reasons.where((row) => row.active && !isClerical(row.name));
  if (reasons.length > 0) return random.pick(reasons).id;
  const id = records.cancel_reasons.nextId();
  const name = 'Customer changed their mind';
  return records.cancel_reasons.put(reasonRow.parse({ id, name, createdOn: now, modifiedOn: now })).id;
}
