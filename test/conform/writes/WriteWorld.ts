import type { Calls } from '#integrations/crm/servicetitan/operations/calls.ts';
import type { Operations } from '#integrations/crm/servicetitan/operations/operations.ts';

type MethodOf<Name extends keyof Operations> = Operations[Name]['method'];

export type WriteName = {
  [Name in keyof Operations]: MethodOf<Name> extends 'GET' ? never : Name;
}[keyof Operations];

/** Writes as the product would make them; each sample looks up or makes the records that it needs. */
export type WriteSamples = Record<WriteName, (calls: Calls) => Promise<unknown>>;

/** The first record that suits. */
export async function find<Row>(
  pages: AsyncIterable<{ records: Row[] }>,
  suits: (row: Row) => boolean = () => true,
): Promise<Row> {
  for await (const { records } of pages) {
    const row = records.find(suits);
    if (row !== undefined) return row;
  }
  throw new Error('The sandbox has no record that suits a write.');
}

export const postalAddress = {
  street: '12 Sample Street',
  unit: 'B',
  city: 'Exampleton',
  state: 'CA',
  zip: '90000',
  country: 'USA',
};

export const address = { ...postalAddress, latitude: 34.05, longitude: -118.25 };

export const applicationGuid = '5a4db0c5-0000-4000-8000-000000000001';

/** Our own keys on a record; each call gives another one. */
export function reference() {
  sequence += 1;
  return { applicationGuid, externalData: [{ key: 'conform', value: `${sequence}` }] };
}

let sequence = 0;

export async function job(calls: Calls) {
  const [location, type] = [
    await find(calls.listLocations(), ({ active }) => active),
    await find(calls.listJobTypes(), ({ active }) => active),
  ];
  const [unit, campaign] = [
    await find(calls.listBusinessUnits(), ({ active }) => active),
    await find(calls.listCampaigns(), ({ active }) => active),
  ];
  return await calls.createJob({
    body: {
      customerId: location.customerId,
      locationId: location.id,
      businessUnitId: type.businessUnitIds[0] ?? unit.id,
      jobTypeId: type.id,
      priority: 'Normal',
      campaignId: campaign.id,
      appointments: [visit],
      summary: 'Second floor',
      externalData: reference(),
    },
  });
}

/** Far enough ahead to lie in the future of any generated data. */
export const visit = {
  start: '2035-03-01T16:00:00Z',
  end: '2035-03-01T18:00:00Z',
  arrivalWindowStart: '2035-03-01T16:00:00Z',
  arrivalWindowEnd: '2035-03-01T17:00:00Z',
};

export async function technician(calls: Calls) {
  return await find(calls.listTechnicians(), ({ active }) => active);
}

export async function cancelReason(calls: Calls) {
  return await find(calls.listJobCancelReasons(), ({ active }) => active);
}

export async function holdReason(calls: Calls) {
  return await find(calls.listJobHoldReasons(), ({ active }) => active);
}
