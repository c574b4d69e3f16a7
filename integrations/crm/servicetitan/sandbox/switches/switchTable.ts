import { z } from 'zod';

/** One of some words, the first of which is what the sandbox does unless told otherwise. */
function choice<const Values extends readonly [string, ...string[]]>(values: Values, description: string) {
  const schema = z.enum(values, { error: `must be one of ${values.join(', ')}` });
  return z.preprocess(String, schema).prefault(values[0]).meta({ values, description });
}

function number(
  { initial, least, most }: { initial: number; least: number; most: number },
  description: string,
) {
  const range = `a whole number from ${least} to ${most}`;
  return z
    .preprocess(
      numberOf,
      z
        .int({ error: `must be ${range}` })
        .min(least)
        .max(most),
    )
    .prefault(initial)
    .meta({ values: [range], description });
}

/** The command line gives numbers as text. */
function numberOf(value: unknown): unknown {
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
}

/** What ServiceTitan's documents leave open, and what can differ from one tenant to another. */
export const switchTable = z.strictObject({
  otherTenant: choice(['403', '404'], 'the answer to a token that belongs to another tenant than the path'),
  missingById: choice(
    ['404', '400'],
    'the answer to an unknown id where no 404 is documented: estimates, campaigns, suppressions, payment types',
  ),
  tooManyIds: choice(
    ['refuse', 'truncate', 'accept'],
    'what happens to a comma-separated list of more than 50 ids',
  ),
  rawPlusInSort: choice(
    ['refuse', 'accept'],
    'whether sort=+Id works when the plus is sent as it is and so arrives as a blank',
  ),
  retryAfter: choice(['none', 'seconds', 'date'], 'the Retry-After header of a 429'),
  basicAuth: choice(['refused', 'accepted'], 'whether the token endpoint takes the client from HTTP Basic'),
  unapprovedApp: choice(
    ['token', 'call'],
    'where an app that a tenant has not approved is stopped: 400 for the token, or 403 for every call',
  ),
  environment: choice(
    ['production', 'integration'],
    'which environment this is: credentials of the other one are unknown here',
  ),
  tokenLifetimeSeconds: number(
    { initial: 900, least: 1, most: 86_400 },
    'how long an access token lives, in sandbox time',
  ),
  tokenRequestsPerMinute: number(
    { initial: 0, least: 0, most: 100_000 },
    'tokens that one client gets in a real minute before a 429; 0 for any number',
  ),
  clockSkewSeconds: number(
    { initial: 0, least: -86_400, most: 86_400 },
    "how far the server's clock is ahead: in the Date header and in the times of its tokens",
  ),
  visibilityDelaySeconds: number(
    { initial: 0, least: 0, most: 86_400 },
    'how long after it is written a change shows in lists, and in feeds without includeRecentChanges',
  ),
  soldOnAfterUnsell: choice(['cleared', 'kept'], 'soldOn and soldBy of an estimate that is unsold again'),
  siblingsAfterSale: choice(
    ['open', 'dismissed'],
    'what becomes of the other open estimates of a job when one is sold',
  ),
  estimateStatusValues: choice(
    ['0,1,2', '1,2,3'],
    'the numbers of the estimate statuses Open, Sold, Dismissed',
  ),
  mergeTouchesChildren: choice(
    ['true', 'false'],
    'whether merging customers moves modifiedOn of all that passes to the winner',
  ),
  canceledJobAppointments: choice(
    ['allButDone', 'live'],
    'which appointments a cancellation of their job cancels: all but Done, or only those still to be kept',
  ),
  signatureEncoding: choice(['hex', 'base64'], 'how webhooks are signed where the subscription does not say'),
});

export type SwitchValues = z.output<typeof switchTable>;

/** What every switch stands at in a new sandbox. */
export const defaultSwitches: SwitchValues = switchTable.parse({});
