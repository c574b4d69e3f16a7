import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findScans, tooManyRows } from './findScans.ts';
import { LargeTenant } from './LargeTenant.ts';

/** Tables that have a few rows for each workspace, connection or flow, however many customers there are. */
const smallTables = new Set([
  'api_tokens',
  'connection_circuits',
  'connection_credentials',
  'connection_webhooks',
  'derivation_walks',
  'flow_checkpoints',
  'flow_enrolments',
  'flow_moves',
  'flow_news',
  'flow_passages',
  'flow_schedules',
  'flow_triggers',
  'flow_versions',
  'flows',
  'integration_connections',
  'job_classifications',
  'leases',
  'open_calls',
  'service_titan_budgets',
  'service_titan_tokens',
  'service_titan_turns',
  'settings_changes',
  'settings_previews',
  'sync_cursors',
  'sync_resources',
  'webhook_counts',
  'webhook_keys',
  'workspace_members',
  'workspaces',
]);

/** What a day does not call: acts of people, refusals, failures, a token's renewal, and what a whole week's pass ends with. */
const seldomCalled = new Set([
  'acquire_lease',
  'add_steps',
  'apply_moves',
  'apply_settings_change',
  'audience_of',
  'begin_call',
  'cancel_runs',
  'claim_circuit_trial',
  'claim_token',
  'claim_turn',
  'close_alert',
  'confirm_first_kinds',
  'count_enrolment',
  'count_entrants',
  'count_in_flight',
  'count_webhook_refusals',
  'current_user_id',
  'delay_turn',
  'discard_token',
  'end_call',
  'end_move',
  'end_runs',
  'enqueue_all_journeys',
  'explain_flow',
  'find_names',
  'finish_team_mail',
  'hand_over_team_mail',
  'index_flow_triggers',
  'install_flows',
  'is_deriving_settings',
  'is_member',
  'keep_draft',
  'keep_own_facts',
  'list_entrants',
  'list_flow_versions',
  'list_options',
  'load_contact_context',
  'load_journey_contexts',
  'load_move',
  'load_recipient',
  'load_stuck_steps',
  'lock_settings',
  'mark_alerts_mailed',
  'mark_deleted',
  'mend_run',
  'missing_records',
  'next_due_at',
  'note_derivation',
  'note_picture',
  'person_share',
  'place_run',
  'place_step',
  'preview_examples',
  'preview_runs',
  'publish_draft',
  'publish_flow',
  'recheck_contacts',
  'release_lease',
  'release_token',
  'renew_read',
  'report_call_answer',
  'report_call_failure',
  'request_enrolment',
  'request_move',
  'restart_backfill',
  'restart_triggers',
  'sample_entrants',
  'save_draft',
  'save_token',
  'save_webhooks',
  'select_runs',
  'set_flow_status',
  'settings_snapshot',
  'settle_pause',
  'start_flow',
  'start_settings_preview',
  'tell_of_replies',
  'throttle_calls',
  'undo_settings_change',
  'unsubscribe_message',
  'update_contact',
  'write_settings',
]);

let tenant: LargeTenant;
let growingTables: Map<string, number>;

// Most of it goes by in filling a database; on a busy machine that takes a while.
beforeAll(async () => {
  tenant = await LargeTenant.open(100_000);
  await tenant.lookAtOverviews();
  const tables = await tenant.stack.postgres.sql<{ name: string; rows: number }>(
    `select relname as name, reltuples::int as rows from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
  );
  growingTables = new Map(
    tables.filter(({ name }) => !smallTables.has(name)).map(({ name, rows }) => [name, rows]),
  );
}, 600_000);

afterAll(async () => {
  await tenant.close();
});

describe('with 100,000 customers', { timeout: 300_000 }, () => {
  it('every table is known as small, or filled', () => {
    expect([...growingTables].filter(([, rows]) => rows < tooManyRows / 2)).toEqual([]);
  });

  // A statement is planned for its parameters at first, and once for any when that seems to be as good.
  it.each(['force_custom_plan', 'force_generic_plan'] as const)(
    'no statement of the hot path reads all of a growing table: %s',
    async (mode) => {
      const plans = await tenant.plansOf(mode, () => tenant.liveADay());
      expect(plans.length).toBeGreaterThan(500);
      expect(findScans(plans, new Set(growingTables.keys()))).toEqual([]);
    },
  );

  it('tidying up reads no more than it deletes', async () => {
    const plans = await tenant.plansOf('force_custom_plan', () => tenant.tidyUp());
    expect(findScans(plans, new Set(growingTables.keys()))).toEqual([]);
  });

  it('no screen of a page or of one thing reads all of a growing table', async () => {
    const plans = await tenant.plansOf('force_custom_plan', () => tenant.lookAtPages());
    expect(plans.length).toBeGreaterThan(20);
    expect(findScans(plans, new Set(growingTables.keys()))).toEqual([]);
  });

  it('no function was left out but for acts of people and failures', async () => {
    const uncalled = async () => {
      const rows = await tenant.stack.postgres.sql<{ name: string }>(
        `select p.proname as name from pg_proc p left join pg_stat_user_functions f on f.funcid = p.oid
         where p.pronamespace = 'public'::regnamespace and coalesce(f.calls, 0) = 0 order by 1`,
      );
      return rows.map(({ name }) => name).filter((name) => !seldomCalled.has(name));
    };
    // A session tells what it called a few seconds later.
    await expect.poll(uncalled, { timeout: 60_000, interval: 500 }).toEqual([]);
  });
});
