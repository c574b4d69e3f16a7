import { z } from 'zod';
import type { SwitchValues } from '../switches/switchTable.ts';
import { ApiError } from './ApiError.ts';
import type { Call, Route } from './route.ts';

/** Single records for which ServiceTitan's documents declare no 404. */
const undocumented404 =
  /^(sales\/v2\/tenant\/:tenant\/estimates|marketing\/v2\/tenant\/:tenant\/(campaigns|categories|costs|suppressions)|accounting\/v2\/tenant\/:tenant\/(payment-types|journal-entries)|dispatch\/v2\/tenant\/:tenant\/non-job-appointments)\/:\w+$/;

/** Handles a call; an unknown id may be a 400 where no 404 is documented. */
export function handleRoute(route: Route, { missingById }: SwitchValues, call: Call): unknown {
  if (missingById === '404' || route.method !== 'GET' || !undocumented404.test(route.path)) {
    return route.handle(call);
  }
  try {
    return route.handle(call);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    throw new ApiError(400, error.message, { errors: { id: [error.message] } });
  }
}

const estimateStatus = z.looseObject({ value: z.int(), name: z.string() });

/** The text of an answer, with the statuses of estimates numbered as the tenant's switches want it. */
export function writeBody(body: unknown, route: Route, { estimateStatusValues }: SwitchValues): string {
  if (body === undefined) return '';
  if (route.scope !== 'sal.estimates' || estimateStatusValues === '0,1,2') return JSON.stringify(body);
  return JSON.stringify(body, (key, value: unknown) => {
    const status = key === 'status' ? estimateStatus.safeParse(value) : undefined;
    return status?.success ? { ...status.data, value: status.data.value + 1 } : value;
  });
}
