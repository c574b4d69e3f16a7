import type { SharedCalls } from '../../../calls/SharedCalls.ts';
import type { Clock } from '../../../clock.ts';
import type { ConnectionDiagnosis, ScopeFinding, Verdict } from '../../../ConnectionDiagnosis.ts';
import { sleep, stopwatch, type Sleep, type Stopwatch } from '../../../retry.ts';
import { vendorUrls, type ServiceTitanConfig } from '../ServiceTitanConfig.ts';
import { callBudget } from '../sharedKeys.ts';
import { askForToken, type Environments } from './askForToken.ts';
import { noticeableSkewMs } from './clockSkew.ts';
import { DiagnosisCalls } from './DiagnosisCalls.ts';
import type { Finding } from './findings.ts';
import { judgeScopes, missingScopes, verdictOfScopes } from './judgeScopes.ts';
import { probePermissions } from './probePermissions.ts';
import { inWords, verdictTable } from './verdictTable.ts';

interface DiagnosisDeps {
  clock: Clock;
  sleep?: Sleep | undefined;
  stopwatch?: Stopwatch | undefined;
  /** The longest wait for one answer. */
  timeoutMs?: number | undefined;
  /** What the product's other calls to the tenant have in common; without it nothing is known of them. */
  shared?: SharedCalls | undefined;
  /** The environments of which credentials of one may have been entered for another. */
  environments?: Environments | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Tells why a connection works or does not, from its credentials to each permission: within half a minute, by a few
 * reads, and without writing anything.
 */
export async function diagnoseConnection(
  config: ServiceTitanConfig,
  deps: DiagnosisDeps,
): Promise<ConnectionDiagnosis> {
  const { clock, timeoutMs, signal, environments = vendorUrls } = deps;
  const calls = new DiagnosisCalls({
    clock,
    sleep: deps.sleep ?? sleep,
    stopwatch: deps.stopwatch ?? stopwatch,
    timeoutMs,
    queue: deps.shared?.queueOf(callBudget(config)),
    signal,
  });
  const now = () => clock.now();
  const { token, finding, clockSkewMs } = await askForToken({ calls, config, environments, now });
  const probed = token ? await probePermissions({ calls, config, token, now }) : null;
  const scopes = judgeScopes(probed?.reads ?? new Map(), token?.scopes ?? []);
  return conclude({
    config,
    checkedAt: now(),
    finding: finding ?? probed?.finding ?? null,
    details: probed?.details ?? [],
    scopes,
    clockSkewMs,
    requestIds: calls.requestIds,
  });
}

interface Evidence {
  config: ServiceTitanConfig;
  checkedAt: Date;
  finding: Finding | null;
  details: string[];
  scopes: ScopeFinding[];
  clockSkewMs: number | null;
  requestIds: string[];
}

function conclude(evidence: Evidence): ConnectionDiagnosis {
  const { config, checkedAt, finding, details, scopes, clockSkewMs, requestIds } = evidence;
  const verdict = finding?.verdict ?? verdictWithoutFinding(scopes, clockSkewMs);
  const retryAt =
    finding?.retryAfterMs === undefined
      ? null
      : new Date(checkedAt.getTime() + finding.retryAfterMs).toISOString();
  const missing = missingScopes(scopes, { essential: verdict === 'missing_scope' });
  const circumstances = { config, missing, clockSkewMs, retryAt };
  return {
    verdict,
    headline: verdictTable[verdict].headline(circumstances),
    remedy: verdictTable[verdict].remedy(circumstances),
    details: [
      ...(finding?.details ?? []),
      ...skewDetails(clockSkewMs),
      ...scopes.flatMap(({ off }) => off),
      ...details,
    ].map((detail) => withoutCredentials(detail, config)),
    scopes,
    checkedAt: checkedAt.toISOString(),
    clockSkewMs,
    retryAt,
    requestIds: requestIds.map((id) => withoutCredentials(id, config)),
  };
}

/** What stands in the place of ServiceTitan may answer with what it was sent. */
function withoutCredentials(text: string, { clientId, clientSecret, appKey }: ServiceTitanConfig): string {
  return [clientSecret, clientId, appKey].reduce(
    (clean, secret) => (secret === '' ? clean : clean.replaceAll(secret, '[redacted]')),
    text,
  );
}

function verdictWithoutFinding(scopes: ScopeFinding[], clockSkewMs: number | null): Verdict {
  const ofScopes = verdictOfScopes(scopes);
  if (ofScopes !== null && ofScopes !== 'limited') return ofScopes;
  return isNoticeable(clockSkewMs) ? 'clock_skew' : (ofScopes ?? 'working');
}

function isNoticeable(clockSkewMs: number | null): clockSkewMs is number {
  return clockSkewMs !== null && Math.abs(clockSkewMs) > noticeableSkewMs;
}

function skewDetails(clockSkewMs: number | null): string[] {
  if (!isNoticeable(clockSkewMs)) return [];
  const where = clockSkewMs > 0 ? 'behind' : 'ahead of';
  return [`This server's clock is ${inWords(clockSkewMs)} ${where} ServiceTitan's.`];
}
