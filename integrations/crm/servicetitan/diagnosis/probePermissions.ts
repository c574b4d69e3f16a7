import { z } from 'zod';
import type { Access } from '../../../ConnectionDiagnosis.ts';
import { describe401 } from '../failures.ts';
import type { ServiceTitanConfig } from '../ServiceTitanConfig.ts';
import type { Token } from './askForToken.ts';
import type { Answer, DiagnosisCalls } from './DiagnosisCalls.ts';
import { findMisplaced } from './findMisplaced.ts';
import { findObstacle, said, titleOf, type Finding } from './findings.ts';
import { permissions, type Permission } from './permissions.ts';

interface ProbeResult {
  /** Reading, by permission; a permission that was not asked for is absent. */
  reads: ReadonlyMap<Permission, Access>;
  /** What stops the connection as a whole. */
  finding: Finding | null;
  details: string[];
}

interface Deps {
  calls: DiagnosisCalls;
  config: ServiceTitanConfig;
  token: Token;
  now: () => Date;
}

const page = z.object({ data: z.array(z.unknown()) });

/**
 * Reads one row where that tells something: the first permission always, since key, token and tenant show there, and
 * each whose scope the token does not state. Scope names are not documented as fixed, so that one is not stated
 * does not yet prove that it is missing.
 */
export async function probePermissions(deps: Deps): Promise<ProbeResult> {
  const reads = new Map<Permission, Access>();
  const details: string[] = [];
  for (const [index, permission] of permissions.entries()) {
    if (index > 0 && deps.token.scopes.includes(`tn.${permission.probe.scope}:r`)) {
      reads.set(permission, 'granted');
      continue;
    }
    const answer = await readOne(deps, permission);
    const obstacle = findObstacle(answer, deps.now());
    const outcome = obstacle ?? (answer.type === 'json' ? judge(answer, deps) : null);
    if (outcome === null) return { reads, finding: null, details };
    if (typeof outcome !== 'string') {
      if (index === 0 || !isOfPartOnly(outcome, permission)) return { reads, finding: outcome, details };
      reads.set(permission, 'unknown');
      details.push(...outcome.details.map((detail) => `${permission.resource}: ${detail}`));
      continue;
    }
    reads.set(permission, outcome);
    if (outcome === 'missing' && answer.type !== 'silence')
      details.push(`${permission.resource} cannot be read: ServiceTitan answered ${said(answer)}.`);
  }
  return { reads, finding: null, details };
}

/** A tenant may not have a module at all: what can be done without says nothing of the connection as a whole. */
function isOfPartOnly({ verdict }: Finding, { essential }: Permission): boolean {
  return verdict === 'outage' || (!essential && (verdict === 'unexpected' || verdict === 'intercepted'));
}

async function readOne({ calls, config, token }: Deps, { probe }: Permission): Promise<Answer> {
  const path = probe.path.replace('{tenant}', String(config.tenantId));
  return await calls.call({
    isCounted: true,
    method: 'GET',
    url: `${config.apiUrl}/${path}?page=1&pageSize=1`,
    headers: {
      Accept: 'application/json',
      Authorization: `Bearer ${token.value}`,
      'ST-App-Key': config.appKey,
    },
  });
}

/** Whether reading is granted, or what the answer says of the connection as a whole. */
function judge(answer: Extract<Answer, { type: 'json' }>, { config, token }: Deps): Access | Finding {
  const { status } = answer.reply;
  if (status === 200 && page.safeParse(answer.value).success) return 'granted';
  if (status === 401) return judgeUnauthorized(answer, config);
  const isForeign = token.tenantId !== null && token.tenantId !== String(config.tenantId);
  const title = titleOf(answer);
  if (status === 403 || status === 404) {
    if (/approv/i.test(title)) {
      return { verdict: 'app_not_approved', details: [`ServiceTitan answered ${said(answer)}.`] };
    }
    if (isForeign || (/\btenant\b/i.test(title) && !/\bscope\b/i.test(title))) {
      return { verdict: 'wrong_tenant', details: foreignDetails(answer, isForeign ? token.tenantId : null) };
    }
  }
  if (status === 403) return 'missing';
  return { verdict: 'unexpected', details: [`A list of ServiceTitan was answered ${said(answer)}.`] };
}

function judgeUnauthorized(answer: Extract<Answer, { type: 'json' }>, config: ServiceTitanConfig): Finding {
  const about = describe401(answer.reply);
  const details = [`ServiceTitan answered ${said(answer)}.`];
  if (about === 'app_key_missing' || about === 'app_key_invalid') {
    return { verdict: 'wrong_app_key', details: [...details, ...findMisplaced(config, ['appKey'])] };
  }
  return { verdict: 'token_refused', details };
}

function foreignDetails(answer: Extract<Answer, { type: 'json' }>, owner: string | null): string[] {
  const answered = `ServiceTitan answered ${said(answer)}.`;
  return owner === null ? [answered] : [`The client belongs to tenant ${owner}.`, answered];
}
