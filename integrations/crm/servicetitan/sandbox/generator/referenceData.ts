import type { Desk } from '../office/Desk.ts';
import { reasonRow } from '../rows/jobLogRows.ts';
import { jobTypeRow } from '../rows/jobRows.ts';
import { businessUnitRow, tagTypeRow } from '../rows/settingsRows.ts';
import { writeCampaigns } from './campaignData.ts';
import { writeCatalogData } from './catalogData.ts';
import { writeOfficeData } from './officeData.ts';

const businessUnits = ['Sales', 'Install', 'Service'] as const;

const jobTypes = [
  { name: 'HVAC Sales Estimate', unit: 'Sales' },
  { name: 'Plumbing Sales Consult', unit: 'Sales' },
  { name: 'HVAC Install', unit: 'Install' },
  { name: 'Water Heater Replacement', unit: 'Install' },
  { name: 'Maintenance Tune-Up', unit: 'Service' },
  { name: 'Service Call', unit: 'Service' },
  { name: 'Warranty Visit', unit: 'Service' },
] as const;

const cancelReasons = [
  'Customer changed their mind',
  'Price too high',
  'Went with another company',
  'No one at home',
  'Duplicate',
  'Test',
  'Entered by mistake',
] as const;

const tagTypes = ['VIP', 'Financing', 'Membership', 'Do not call before noon'] as const;

/** What a tenant sets up before its first customer: units, job types, cancel reasons, tags. */
export function writeReferenceData({ records, now }: Desk): void {
  const dates = { createdOn: now, modifiedOn: now };
  const unitIds = new Map<string, number>();
  for (const name of businessUnits) {
    const id = records.business_units.nextId();
    unitIds.set(name, id);
    records.business_units.put(
      businessUnitRow.parse({ id, name, officialName: `${name} department`, ...dates }),
    );
  }
  for (const { name, unit } of jobTypes) {
    const id = records.job_types.nextId();
    const businessUnitIds = [unitIds.get(unit) ?? 0];
    const soldThreshold = unit === 'Sales' ? 1000 : null;
    records.job_types.put(
      jobTypeRow.parse({ id, name, businessUnitIds, soldThreshold, class: unit, ...dates }),
    );
  }
  for (const name of cancelReasons) {
    records.cancel_reasons.put(reasonRow.parse({ id: records.cancel_reasons.nextId(), name, ...dates }));
  }
  for (const name of tagTypes) {
    const id = records.tag_types.nextId();
    records.tag_types.put(tagTypeRow.parse({ id, name, code: name.slice(0, 3).toUpperCase(), ...dates }));
  }
  writeOfficeData({ records, now });
  writeCatalogData({ records, now });
  writeCampaigns({ records, now });
}
