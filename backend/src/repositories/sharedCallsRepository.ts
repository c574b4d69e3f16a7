import { z } from 'zod';
import type { CircuitSnapshot } from '#integrations/calls/CircuitStore.ts';
import type { CallBudget, Lease, LeaseRequest, Throttle } from '#integrations/calls/RateBudget.ts';
import { done, rowsOf, type Database } from './database.ts';
import { dbTime } from './rowFields.ts';

/** A call waits for these answers: a database that hangs must not hold it up for long. */
const timeoutMs = 5000;

function run(database: Database, name: string, parameters: Record<string, unknown>) {
  return database.rpc(name, parameters).abortSignal(AbortSignal.timeout(timeoutMs));
}

const claimReply = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('token'),
    ciphertext: z.string(),
    keyId: z.string(),
    issuedAt: dbTime,
    renewAt: dbTime,
  }),
  z.object({ type: z.literal('renew') }),
  z.object({ type: z.literal('wait'), delayMs: z.number() }),
]);

/** The stored token of a key, or whether to ask for one; `now` is the product's. */
export async function claimToken(
  database: Database,
  claim: { key: string; keyId: string; holder: string; leaseMs: number; now: Date },
) {
  return rowsOf(
    run(database, 'claim_token', {
      p_key: claim.key,
      p_key_id: claim.keyId,
      p_holder: claim.holder,
      p_lease_ms: claim.leaseMs,
      p_now: claim.now.toISOString(),
    }),
    claimReply,
  );
}

export async function saveToken(
  database: Database,
  token: { key: string; keyId: string; ciphertext: string; hash: string; issuedAt: Date; renewAt: Date },
): Promise<void> {
  await done(
    run(database, 'save_token', {
      p_key: token.key,
      p_key_id: token.keyId,
      p_ciphertext: token.ciphertext,
      p_token_hash: token.hash,
      p_issued_at: token.issuedAt.toISOString(),
      p_renew_at: token.renewAt.toISOString(),
    }),
  );
}

export async function releaseToken(database: Database, key: string, holder: string): Promise<void> {
  await done(run(database, 'release_token', { p_key: key, p_holder: holder }));
}

export async function discardToken(database: Database, key: string, hash: string): Promise<void> {
  await done(run(database, 'discard_token', { p_key: key, p_token_hash: hash }));
}

const leaseReply = z.object({ now: z.number(), slots: z.array(z.number()) });

export async function leaseCalls(
  database: Database,
  { key, perSecond }: CallBudget,
  { holder, demands, waiting }: LeaseRequest,
): Promise<Lease> {
  return rowsOf(
    run(database, 'lease_calls', {
      p_key: key,
      p_limit: perSecond,
      p_holder: holder,
      p_needs: demands,
      p_waiting: waiting,
    }),
    leaseReply,
  );
}

export async function throttleCalls(
  database: Database,
  { key, perSecond }: CallBudget,
  { pauseMs, slowDown }: Throttle,
): Promise<void> {
  await done(
    run(database, 'throttle_calls', {
      p_key: key,
      p_limit: perSecond,
      p_pause_ms: pauseMs,
      p_slow_down: slowDown,
    }),
  );
}

export async function claimTurn(database: Database, key: string, intervalMs: number): Promise<number> {
  return rowsOf(run(database, 'claim_turn', { p_key: key, p_interval_ms: intervalMs }), z.number());
}

export async function delayTurn(database: Database, key: string, delayMs: number): Promise<void> {
  await done(run(database, 'delay_turn', { p_key: key, p_delay_ms: delayMs }));
}

const circuit = z.object({
  state: z.enum(['closed', 'open', 'half_open']),
  failures: z.number(),
  waitMs: z.number(),
  reason: z.string().nullable(),
});

export async function readCircuit(database: Database, connectionId: string): Promise<CircuitSnapshot> {
  return rowsOf(run(database, 'read_circuit', { p_connection: connectionId }), circuit);
}

export async function reportCallFailure(
  database: Database,
  failure: {
    connectionId: string;
    reason: string;
    failuresToOpen: number;
    firstOpenMs: number;
    longestOpenMs: number;
    now: Date;
  },
): Promise<CircuitSnapshot> {
  return rowsOf(
    run(database, 'report_call_failure', {
      p_connection: failure.connectionId,
      p_reason: failure.reason,
      p_failures_to_open: failure.failuresToOpen,
      p_first_open_ms: failure.firstOpenMs,
      p_longest_open_ms: failure.longestOpenMs,
      p_now: failure.now.toISOString(),
    }),
    circuit,
  );
}

export async function reportCallAnswer(
  database: Database,
  connectionId: string,
  now: Date,
): Promise<CircuitSnapshot> {
  return rowsOf(
    run(database, 'report_call_answer', { p_connection: connectionId, p_now: now.toISOString() }),
    circuit,
  );
}

export async function claimCircuitTrial(
  database: Database,
  connectionId: string,
  trialMs: number,
): Promise<boolean> {
  return rowsOf(
    run(database, 'claim_circuit_trial', { p_connection: connectionId, p_trial_ms: trialMs }),
    z.boolean(),
  );
}

/** The connections of a workspace whose calls are paused. */
export async function listCircuits(database: Database, workspaceId: string) {
  return rowsOf(
    run(database, 'list_circuits', { p_workspace: workspaceId }),
    z.array(circuit.extend({ connectionId: z.uuid() })),
  );
}
