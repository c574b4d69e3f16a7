import { lifecycleFlow, transactional } from '#backend/flow/lifecycle/lifecycleFlow.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SmtpSender } from '#backend/email/SmtpSender.ts';
import type { StateNumber } from '#backend/schemas/state.ts';
import { day, FlowWorld, hour, start } from '../flow/FlowWorld.ts';
import { SmtpInbox } from './SmtpInbox.ts';

let world: FlowWorld;
beforeAll(async () => {
  world = await FlowWorld.open();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

/** A customer in the state whose first message is queued. */
async function queue(state: StateNumber, options: { name?: string; email?: string | null } = {}) {
  const journey = await world.addJourney({
    state,
    appointmentStart: new Date(start.getTime() + 5 * day),
    ...options,
  });
  await world.startRun(journey, state);
  await world.steps.runDueSteps();
  return journey;
}

async function statuses() {
  return world.sql<{ status: string; reason: string | null }>(
    'select status, reason from messages order by created_at, due_at, id',
  );
}

describe('what a mail looks like', () => {
  test('a marketing mail can be unsubscribed from with one click and names the company’s address', async () => {
    await queue(1, { name: 'TESTA FICTIONAL', email: 'testa@example.com' });
    await world.messages.deliverDueMessages();
    const [received] = world.inbox.mails;
    expect(received?.to).toEqual(['testa@example.com']);
    expect(received?.mail.from).toMatchObject({
      name: 'Demo Home Services',
      address: 'hello@demo.example.com',
    });
    expect(received?.mail.date).toBe(start.toISOString());
    expect(received?.header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    const url = received?.header('list-unsubscribe')?.replace(/^<|>$/g, '') ?? '';
    expect(url).toMatch(/^https:\/\/app\.example\.com\/unsubscribe\/[0-9a-f-]{36}\.[\w-]{43}$/);
    expect(received?.mail.html).toContain(`href="${url}"`);
    expect(received?.mail.html).toContain('1 Test Street, Sampleton, CA 90000');
    expect(received?.mail.text).toContain(`Unsubscribe: ${url}`);
    expect(received?.mail.text).toContain('Hi Testa,');
    const [row] = await world.sql<{ id: string; message_id: string }>('select id, message_id from messages');
    expect(received?.mail.messageId).toBe(row?.message_id);
    expect(row?.message_id).toBe(`<${row?.id}@demo.example.com>`);
  });

  test('a transactional mail has no unsubscribe link and gives the time in the tenant’s zone', async () => {
    await queue(2);
    await world.messages.deliverDueMessages();
    const [received] = world.inbox.mails;
    expect(received?.header('list-unsubscribe')).toBeUndefined();
    expect(received?.mail.html).not.toContain('nsubscribe');
    expect(received?.mail.text).toContain(
      'We look forward to seeing you on Saturday, November 7, 9:00 AM to 11:00 AM.',
    );
  });
});

describe('unsubscribing', () => {
  test('stops what is queued, more than once without harm, and is written down', async () => {
    const journey = await queue(1, { email: 'Testa@Example.com' });
    await world.messages.deliverDueMessages();
    const url = world.inbox.mails[0]?.header('list-unsubscribe')?.replace(/^<|>$/g, '') ?? '';
    const token = url.slice(url.lastIndexOf('/') + 1);
    const expected = { workspaceName: 'Demo Home Services', email: 'testa@example.com' };
    expect(await world.messages.unsubscribe(token)).toEqual(expected);
    expect(await world.messages.unsubscribe(token)).toEqual(expected);
    expect(await world.sql('select email, reason, source from suppressions')).toEqual([
      { email: 'testa@example.com', reason: 'unsubscribe', source: 'unsubscribe' },
    ]);
    expect(await world.sql(`select 1 from audit_log where action = 'suppression.added'`)).toHaveLength(1);
    expect(await world.at(2 * day)).toEqual([]);
    expect(await statuses()).toMatchObject([
      { status: 'sent' },
      { status: 'skipped', reason: 'unsubscribed' },
    ]);
    // What the customer has bought is still talked about.
    await world.startRun(journey, 4);
    expect(await world.at(2 * day)).toEqual(['Thank you! Next: your installation date']);
  });

  test('takes no token but its own', async () => {
    const id = '00000000-0000-4000-8000-000000000000';
    const token = world.unsubscribeLinks.sign(id);
    expect(world.unsubscribeLinks.verify(token)).toBe(id);
    expect(await world.messages.unsubscribe(token)).toBeNull();
    expect(await world.messages.unsubscribe(`${token.slice(0, -2)}xx`)).toBeNull();
    expect(await world.messages.unsubscribe('nonsense')).toBeNull();
  });
});

describe('consent at the moment of sending', () => {
  const cases: { state: StateNumber; set: string; reason: string | null }[] = [
    { state: 1, set: 'do_not_mail = true', reason: 'do_not_mail' },
    { state: 2, set: 'do_not_mail = true', reason: null },
    { state: 1, set: 'marketing_allowed = false', reason: 'marketing_off' },
    { state: 2, set: 'marketing_allowed = false', reason: null },
    { state: 1, set: 'do_not_service = true', reason: 'do_not_service' },
    { state: 2, set: 'do_not_service = true', reason: 'do_not_service' },
    { state: 1, set: 'reminders_allowed = false', reason: null },
    { state: 2, set: 'reminders_allowed = false', reason: 'reminders_off' },
    { state: 5, set: 'reminders_allowed = false', reason: 'reminders_off' },
    { state: 4, set: 'reminders_allowed = false', reason: null },
    { state: 1, set: 'active = false', reason: 'inactive' },
    { state: 4, set: 'email = null', reason: 'no_address' },
    { state: 4, set: `email = 'call first'`, reason: 'invalid_address' },
  ];
  test.each(cases)('state $state with $set: $reason', async ({ state, set, reason }) => {
    const journey = await queue(state);
    await world.sql(`update contacts set ${set} where id = $1`, journey.contactId);
    await world.messages.deliverDueMessages();
    expect(await statuses()).toEqual([{ status: reason === null ? 'sent' : 'skipped', reason }]);
    expect(world.inbox.mails).toHaveLength(reason === null ? 1 : 0);
  });

  const suppressions: { state: StateNumber; suppression: string; reason: string | null }[] = [
    { state: 1, suppression: 'manual', reason: 'unsubscribed' },
    { state: 4, suppression: 'manual', reason: null },
    { state: 4, suppression: 'unsubscribe', reason: null },
    { state: 4, suppression: 'bounce', reason: 'bounced' },
    { state: 4, suppression: 'spam_report', reason: 'spam_report' },
    { state: 4, suppression: 'never_email', reason: 'never_email' },
  ];
  test.each(suppressions)(
    'state $state with a suppression of $suppression: $reason',
    async ({ state, suppression, reason }) => {
      await queue(state, { email: 'Testa@example.com' });
      await world.sql(
        `insert into suppressions (workspace_id, email, reason, source, created_at) values ($1, 'testa@example.com', $2, 'test', $3)`,
        world.workspaceId,
        suppression,
        start,
      );
      await world.messages.deliverDueMessages();
      expect(await statuses()).toEqual([{ status: reason === null ? 'sent' : 'skipped', reason }]);
    },
  );

  test('the address is the one that the journey’s contact has now', async () => {
    const journey = await queue(4);
    await world.sql(`update contacts set email = 'new@example.com' where id = $1`, journey.contactId);
    await world.messages.deliverDueMessages();
    expect(world.inbox.mails[0]?.to).toEqual(['new@example.com']);
    const { messages } = await world.messages.list(world.workspaceId, { contactId: journey.contactId });
    expect(messages).toMatchObject([{ to: 'new@example.com', status: 'sent', sentAt: start.toISOString() }]);
  });

  test('a reason is shown in words', async () => {
    await queue(4, { email: null });
    await world.messages.deliverDueMessages();
    const { messages } = await world.messages.list(world.workspaceId, {});
    expect(messages[0]?.reason).toBe('ServiceTitan has no e-mail address for this customer.');
  });
});

describe('a worker that dies', () => {
  const claim = `select claim_due_messages($1, $1, 'dead', 60, 10) as reply`;
  const handOver = `select hand_over_messages(jsonb_agg(jsonb_build_object('id', m.id, 'holder', 'dead', 'facts', md5(f.facts::text))), $1, 60, false) as reply
    from messages m join message_facts f on f.id = m.id`;

  test('before it handed the text over: another sends it once the lease has run out', async () => {
    await queue(4);
    await world.sql(claim, start);
    expect(await world.messages.deliverDueMessages()).toMatchObject({ sent: 0 });
    world.systemClock.set(new Date(start.getTime() + 61_000));
    expect(await world.messages.deliverDueMessages()).toMatchObject({ sent: 1 });
    expect(world.inbox.mails).toHaveLength(1);
  });

  test('after it handed the text over: it goes out once more, counted and under the same Message-ID', async () => {
    await queue(4);
    await world.sql(claim, start);
    await world.sql(handOver, start);
    world.systemClock.set(new Date(start.getTime() + 61_000));
    expect(await world.messages.deliverDueMessages()).toMatchObject({ sent: 1, failed: 0 });
    expect(world.inbox.mails).toHaveLength(1);
    expect(await world.sql('select resent_count, message_id from messages')).toEqual([
      { resent_count: 1, message_id: world.inbox.mails[0]?.mail.messageId },
    ]);
  });

  test('again and again after it handed the text over: some time it is not sent any more, and the list says so', async () => {
    await queue(4);
    const at = (tries: number) => new Date(start.getTime() + tries * 61_000);
    for (let tries = 0; tries < 6; tries += 1) {
      await world.sql(claim, at(tries));
      await world.sql(handOver, at(tries));
    }
    world.systemClock.set(at(6));
    expect(await world.messages.deliverDueMessages()).toMatchObject({ sent: 0, failed: 1 });
    expect(world.inbox.mails).toHaveLength(0);
    expect(await statuses()).toEqual([{ status: 'failed', reason: 'outcome_unknown' }]);
  });

  test('a lease that ran out hands nothing over', async () => {
    await queue(4);
    await world.sql(claim, start);
    const late = await world.sql(handOver, new Date(start.getTime() + 60_000));
    expect(late).toMatchObject([{ reply: [{ outcome: 'lost' }] }]);
  });
});

describe('a journey that leaves its state while its message is on the way', () => {
  test('before the text was handed over: it is not sent', async () => {
    const journey = await queue(1);
    // Recipients are named before the text: the transition comes between the claim and the hand-over.
    const inbox = await SmtpInbox.open({
      onRecipient: async () => {
        await world.leaveState(journey);
        return null;
      },
    });
    const sender = new SmtpSender(inbox.url);
    await world.messageWorker(sender).deliverDueMessages();
    expect(inbox.mails).toHaveLength(0);
    expect(await statuses()).toEqual([{ status: 'skipped', reason: 'left_state' }]);
    await world.returnToState(journey);
    await world.messages.deliverDueMessages();
    expect(world.inbox.mails).toHaveLength(1);
    sender.close();
    await inbox.close();
  });

  test('after that: what was sent is sent, and a return does not send it again', async () => {
    const journey = await queue(1);
    const inbox = await SmtpInbox.open({
      onText: async () => {
        await world.leaveState(journey);
        return null;
      },
    });
    const sender = new SmtpSender(inbox.url);
    await world.messageWorker(sender).deliverDueMessages();
    expect(await statuses()).toEqual([{ status: 'sent', reason: null }]);
    await world.returnToState(journey);
    await world.messages.deliverDueMessages();
    expect(world.inbox.mails).toHaveLength(0);
    sender.close();
    await inbox.close();
  });
});

describe('a mail server in trouble', () => {
  async function through(inbox: SmtpInbox, work: (sender: SmtpSender) => Promise<void>) {
    const sender = new SmtpSender(inbox.url);
    await work(sender);
    sender.close();
    await inbox.close();
  }

  test('refuses the recipient for good: failed, with the code', async () => {
    await queue(4);
    await through(await SmtpInbox.open({ onRecipient: async () => 550 }), async (sender) => {
      expect(await world.messageWorker(sender).deliverDueMessages()).toMatchObject({ failed: 1 });
    });
    expect(await statuses()).toEqual([{ status: 'failed', reason: 'refused:550' }]);
    const { messages } = await world.messages.list(world.workspaceId, {});
    expect(messages[0]?.reason).toBe('The mail server refused it (550).');
  });

  test('asks to come back later, before or after the text: it is sent later, once', async () => {
    await queue(4);
    await through(await SmtpInbox.open({ onRecipient: async () => 451 }), async (sender) => {
      expect(await world.messageWorker(sender).deliverDueMessages()).toMatchObject({ delayed: 1 });
    });
    world.clock.set(new Date(start.getTime() + hour));
    const busy = await SmtpInbox.open({
      onText: async () => 452,
    });
    await through(busy, async (sender) => {
      expect(await world.messageWorker(sender).deliverDueMessages()).toMatchObject({ delayed: 1 });
    });
    expect(await statuses()).toEqual([{ status: 'queued', reason: 'delayed:452' }]);
    expect(await world.messages.deliverDueMessages()).toMatchObject({ sent: 0 });
    world.clock.set(new Date(start.getTime() + 2 * hour));
    expect(await world.messages.deliverDueMessages()).toMatchObject({ sent: 1 });
  });

  test('cannot be reached: everything waits, and the rest is not even tried', async () => {
    const gone = await SmtpInbox.open();
    const sender = new SmtpSender(gone.url);
    await gone.close();
    for (let number = 0; number < 12; number += 1) await queue(4);
    expect(await world.messageWorker(sender).deliverDueMessages()).toEqual({
      sent: 0,
      skipped: 0,
      failed: 0,
      delayed: 12,
    });
    sender.close();
    world.clock.set(new Date(start.getTime() + hour));
    expect(await world.messages.deliverDueMessages()).toMatchObject({ sent: 12 });
  });

  test('hangs up after it had the text: nobody knows, so it goes out again, but not for ever', async () => {
    await queue(4);
    const inbox = await SmtpInbox.open({
      onText: async () => 'hang_up',
    });
    await through(inbox, async (sender) => {
      for (let tries = 0; tries < 6; tries += 1) {
        world.clock.set(new Date(start.getTime() + tries * hour));
        expect(await world.messageWorker(sender).deliverDueMessages()).toMatchObject({ delayed: 1 });
      }
      world.clock.set(new Date(start.getTime() + 6 * hour));
      expect(await world.messageWorker(sender).deliverDueMessages()).toMatchObject({ sent: 0, failed: 1 });
    });
    expect(await statuses()).toEqual([{ status: 'failed', reason: 'outcome_unknown' }]);
  });
});

describe('values from ServiceTitan', () => {
  test('cannot add headers, markup or links', async () => {
    const { graph } = lifecycleFlow(
      { templateKey: 'x', name: 'Untrusted', description: '', triggerState: 6 },
      [
        transactional('mail', {
          subject: 'For {{ customer.name }}',
          body: 'Dear {{ customer.name }}!\n\n{{ customer.name }}',
        }),
      ],
    );
    const flowId = await world.addFlow(graph, 'Untrusted');
    await world.sql(`update flows set status = 'paused' where id <> $1`, flowId);
    await queue(6, {
      name: 'Eve\r\nBcc: other@example.com\n\n<script>x</script> [win](https://bad.example.com) https://bad.example.com',
    });
    await world.messages.deliverDueMessages();
    const [received] = world.inbox.mails;
    expect(received?.header('bcc')).toBeUndefined();
    expect(received?.to).toHaveLength(1);
    expect(received?.mail.subject).toContain('For Eve Bcc: other@example.com <script>');
    expect(received?.mail.html).not.toMatch(/<script|<a /);
    expect(received?.mail.html).toContain('&lt;script&gt;');
    expect(received?.mail.text).toContain('[win](https://bad.example.com)');
  });
});
