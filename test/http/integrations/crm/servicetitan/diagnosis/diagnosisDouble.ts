import nock from 'nock';
import type { SharedCalls } from '#integrations/calls/SharedCalls.ts';
import { diagnoseConnection } from '#integrations/crm/servicetitan/diagnosis/diagnoseConnection.ts';
import { resolveServiceTitanConfig } from '#integrations/crm/servicetitan/ServiceTitanConfig.ts';
import { api, apiUrl, authUrl, list, path, tenantId } from '../serviceTitanDouble.ts';

export const now = new Date('2026-11-20T12:00:00.000Z');

export const environments = {
  production: { authUrl, apiUrl },
  integration: {
    authUrl: 'https://auth-integration.sandbox.example.com',
    apiUrl: 'https://api-integration.sandbox.example.com',
  },
};

const listNames = [
  'customers',
  'jobs',
  'appointments',
  'estimates',
  'suppressions',
  'leads',
  'bookings',
  'jobTypes',
  'cancelReasons',
  'businessUnits',
  'tagTypes',
  'campaigns',
  'technicians',
  'tasks',
] as const;
type ListName = (typeof listNames)[number];

const lists: Record<ListName, string> = {
  customers: 'crm/customers',
  jobs: 'jpm/jobs',
  appointments: 'jpm/appointments',
  estimates: 'sales/estimates',
  suppressions: 'marketing/suppressions',
  leads: 'crm/leads',
  bookings: 'crm/bookings',
  jobTypes: 'jpm/job-types',
  cancelReasons: 'jpm/job-cancel-reasons',
  businessUnits: 'settings/business-units',
  tagTypes: 'settings/tag-types',
  campaigns: 'marketing/campaigns',
  technicians: 'settings/technicians',
  tasks: 'taskmanagement/tasks',
};

/** Diagnoses a connection whose clock stands still and whose waits pass at once. */
export function diagnose(
  more: object = {},
  deps: { timeoutMs?: number; signal?: AbortSignal; stopwatch?: () => number; shared?: SharedCalls } = {},
) {
  const credentials = {
    environment: 'sandbox',
    tenantId,
    clientId: 'cid.fictional',
    clientSecret: 'cs1.fictional',
    appKey: 'ak1.fictional',
  };
  const config = resolveServiceTitanConfig(credentials, { authUrl, apiUrl });
  return diagnoseConnection(
    { ...config, environment: 'production', ...more },
    { clock: { now: () => now }, sleep: () => Promise.resolve(), environments, ...deps },
  );
}

export function refuseToken(status: number, body: object | string, headers: Record<string, string> = {}) {
  return nock(authUrl).post('/connect/token').reply(status, body, headers);
}

/** Grants a token that states these scopes; `at` is the server's time. */
export function grantToken({
  scope,
  token = 't1',
  at,
}: { scope?: string; token?: string; at?: Date } = {}): void {
  nock(authUrl)
    .post('/connect/token')
    .reply(
      200,
      { access_token: token, expires_in: 900, token_type: 'Bearer', ...(scope ? { scope } : {}) },
      at ? { date: at.toUTCString() } : {},
    );
}

/** A token whose claims can be read. */
export function tokenWith(claims: object): string {
  return ['{}', JSON.stringify(claims), ''].map((part) => Buffer.from(part).toString('base64url')).join('.');
}

export function read(name: ListName, token = 't1') {
  return api(token).get(path(lists[name])).query({ page: 1, pageSize: 1 });
}

/** Lets every list but the named ones be read. */
export function allowReading(except: readonly ListName[] = [], token = 't1'): void {
  for (const name of listNames) if (!except.includes(name)) read(name, token).reply(200, list([]));
}

const scopeNames = [
  'crm.customers',
  'jpm.jobs',
  'jpm.appointments',
  'sal.estimates',
  'mar.suppressions',
  'crm.leads',
  'crm.bookings',
  'jpm.jobtypes',
  'jpm.jobcancelreasons',
  'stt.businessunits',
  'stt.tagtypes',
  'mar.campaigns',
  'stt.technicians',
  'tm.tasks',
];

/** Every scope that the product uses, in ServiceTitan's form, without the named ones. */
export function scopesWithout(...left: string[]): string {
  return scopeNames
    .flatMap((name) => [`tn.${name}:r`, `tn.${name}:w`])
    .filter((scope) => !left.includes(scope))
    .join(' ');
}
