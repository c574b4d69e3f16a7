import { expect } from 'vitest';
import { readProblem, type SandboxClient } from './SandboxClient.ts';

/** What a refused request answers: its status and the fields that it names. */
export async function refused(client: SandboxClient, method: string, path: string, body?: unknown) {
  const answer = await client.call(method, path, body);
  return { status: answer.status, fields: Object.keys(readProblem(answer).errors) };
}

/** An action, which answers an empty 200. */
export async function act(
  client: SandboxClient,
  method: string,
  path: string,
  body?: unknown,
): Promise<void> {
  const answer = await client.call(method, path, body);
  expect([answer.status, answer.text]).toEqual([200, '']);
}

export const address = {
  street: '1 Sample St',
  city: 'Irvine',
  state: 'CA',
  zip: '92602',
  country: 'USA',
} as const;

/** Long before everything that a test does. */
export const old = { createdOn: '2026-01-01T00:00:00Z' } as const;
export const oldStamp = '2026-01-01T00:00:00.0000000Z';

export const times = { start: '2027-01-04T17:00:00Z', end: '2027-01-04T19:00:00Z' } as const;

/** One customer with a location. */
export async function loadCustomer(client: SandboxClient): Promise<void> {
  await client.load('customers', [{ id: 1, name: 'Pat Placeholder', address, ...old }]);
  await client.load('locations', [{ id: 1, customerId: 1, name: 'Home', address, ...old }]);
}

export const newJob = {
  customerId: 1,
  locationId: 1,
  businessUnitId: 11,
  jobTypeId: 101,
  priority: 'Normal',
  campaignId: 1,
  appointments: [times],
} as const;
