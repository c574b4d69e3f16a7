import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { SmtpSender } from '#backend/email/SmtpSender.ts';
import { AppError } from '#backend/errors.ts';
import { CredentialCipher } from '#backend/services/CredentialCipher.ts';
import { createActionRunner } from '#backend/services/createActionRunner.ts';
import { createChouHost } from '#backend/services/createChouHost.ts';
import { FlowSecrets } from '#backend/services/FlowSecrets.ts';
import { TeamMailer } from '#backend/services/TeamMailer.ts';
import { uuidOfKey } from '#backend/services/uuidOfKey.ts';
import { actionSource, findActionIn } from '#integrations/ActionSource.ts';
import { readAllowedNetwork, type AllowedNetwork } from '#integrations/chou/addressGuard.ts';
import { chou } from '#integrations/chou/chou.ts';
import { GuardedHttp } from '#integrations/chou/GuardedHttp.ts';
import { SmtpInbox, type SmtpBehavior } from '../messages/SmtpInbox.ts';
import { action, chain, triggerOn } from '#test/unit/flow/graphs.ts';
import { FlowWorld, hour, start, type Journey } from './FlowWorld.ts';

let world: FlowWorld;
let journey: Journey;
const clock = { now: () => start };
const open: (() => Promise<void>)[] = [];
const started: object[] = [];

beforeAll(async () => {
  world = await FlowWorld.open();
  journey = await world.addJourney({ state: 1, name: 'Fictional Person', email: 'person@example.com' });
  const members = ['owner', 'admin', 'marketer', 'viewer'];
  for (const role of members) {
    await world.sql(
      `insert into workspace_members (workspace_id, user_id, email, role, created_at)
       values ($1, gen_random_uuid(), $2, $3, $4)`,
      world.workspaceId,
      `${role}@company.example`,
      role,
      start,
    );
  }
});
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});
afterAll(() => world.close());

/** The runner over a mail server of this test's own. */
async function startRunner(behavior: SmtpBehavior = {}, allowed: AllowedNetwork[] = []) {
  const inbox = await SmtpInbox.open(behavior);
  const sender = new SmtpSender(inbox.url);
  open.push(async () => {
    sender.close();
    await inbox.close();
  });
  const { database } = world;
  const cipher = new CredentialCipher(Buffer.alloc(32, 7).toString('base64'));
  const host = {
    database,
    clock,
    http: new GuardedHttp({ allowed }),
    mailer: new TeamMailer({ database, clock, sender }),
    secrets: new FlowSecrets({ cipher, findAction: (id) => findActionIn([chou], id) }),
    startFlow: (request: object) => {
      started.push(request);
      return Promise.resolve({ started: true, reason: null });
    },
    appUrl: () => 'https://app.example.com',
  };
  const source = actionSource(chou, (run, { idempotencyKey }) => createChouHost(host, run, idempotencyKey));
  const states = { setState: () => Promise.reject(new Error('No state is set here.')) };
  const runner = createActionRunner({ database, clock, sources: [source], states });
  const run = {
    id: '00000000-0000-4000-8000-00000000000a',
    workspaceId: world.workspaceId,
    connectionId: world.connectionId,
    journeyId: journey.id,
    contactId: journey.contactId,
  };
  const doAction = async (
    actionId: string,
    idempotencyKey: string,
    input: Parameters<typeof runner>[0]['input'],
  ) => await runner({ actionId, input, idempotencyKey, run });
  return { inbox, runner, doAction };
}

const mail = {
  subject: 'A lead waits',
  text: 'Fictional Person asked.\n\nPlease [call](https://evil.example.com).',
};

test('the team is told by role and by name, each once, with a link to the customer', async () => {
  const { inbox, doAction } = await startRunner();
  const [marketer] = await world.sql<{ id: string }>(
    `select user_id as id from workspace_members where role = 'marketer' and workspace_id = $1`,
    world.workspaceId,
  );
  const input = { ...mail, roles: ['owner', 'admin'], members: [marketer?.id ?? ''] };
  await expect(doAction('chou_notify_team', 'run:1:node:tell:1', input)).resolves.toEqual({ recipients: 3 });
  expect(inbox.mails.flatMap(({ to }) => to).toSorted()).toEqual([
    'admin@company.example',
    'marketer@company.example',
    'owner@company.example',
  ]);
  const [first] = inbox.mails;
  expect(first?.mail.subject).toBe('A lead waits');
  expect(first?.mail.text).toContain(`https://app.example.com/customers/${journey.contactId}`);
  // What a customer wrote must not become a link in a mail that staff trusts.
  expect(first?.mail.html).not.toContain('href="https://evil.example.com');
});

test('a step that is done again tells nobody twice; another step does', async () => {
  const { inbox, doAction } = await startRunner();
  const input = { ...mail, roles: ['owner'] };
  await doAction('chou_notify_team', 'run:1:node:again:1', input);
  await expect(doAction('chou_notify_team', 'run:1:node:again:1', input)).resolves.toEqual({ recipients: 1 });
  expect(inbox.mails).toHaveLength(1);
  await doAction('chou_notify_team', 'run:1:node:again:2', input);
  expect(inbox.mails).toHaveLength(2);
});

test('of several, only those whom the server did not take yet are sent to again', async () => {
  let refusals = 1;
  const { inbox, doAction } = await startRunner({
    onText: () => Promise.resolve(inbox.mails.length === 1 && refusals-- > 0 ? 451 : null),
  });
  const input = { ...mail, roles: ['owner', 'admin'] };
  const key = 'run:1:node:several:1';
  await expect(doAction('chou_notify_team', key, input)).rejects.toMatchObject({ kind: 'unavailable' });
  await expect(doAction('chou_notify_team', key, input)).resolves.toEqual({ recipients: 2 });
  expect(inbox.mails.flatMap(({ to }) => to).toSorted()).toEqual([
    'admin@company.example',
    'owner@company.example',
  ]);
});

test('a mail whose outcome is not known goes out again under the same Message-ID, and not for ever', async () => {
  const { inbox, doAction } = await startRunner({ onText: () => Promise.resolve('hang_up') });
  const input = { ...mail, roles: ['owner'] };
  const key = 'run:1:node:unknown:1';
  for (let attempt = 0; attempt < 6; attempt += 1) {
    await expect(doAction('chou_notify_team', key, input)).rejects.toMatchObject({ kind: 'unavailable' });
  }
  await expect(doAction('chou_notify_team', key, input)).resolves.toEqual({ recipients: 1 });
  expect(new Set(inbox.mails.map(({ mail: { messageId } }) => messageId)).size).toBeLessThanOrEqual(1);
});

test('whom the server refuses is passed over; when it refuses all, the step says so', async () => {
  const { doAction } = await startRunner({ onRecipient: () => Promise.resolve(550) });
  // However often it is tried: nobody was told.
  for (const _ of [1, 2])
    await expect(
      doAction('chou_notify_team', 'run:1:node:refused:1', { ...mail, roles: ['owner'] }),
    ).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining('refused every address') });
});

test('members who are gone are named as the reason', async () => {
  const { doAction } = await startRunner();
  const members = ['00000000-0000-4000-8000-00000000000b'];
  await expect(doAction('chou_notify_team', 'run:1:node:gone:1', { ...mail, members })).rejects.toThrow(
    'None of those',
  );
  await expect(doAction('chou_notify_team', 'run:1:node:none:1', mail)).rejects.toThrow('Choose who is told');
});

/** What deriving a changed customer writes. */
async function mirrorSays(facts: { name: string; email: string; phone: string }): Promise<void> {
  const [row] = await world.sql<{ source_id: string }>(
    'select source_id::text from contacts where id = $1',
    journey.contactId,
  );
  const known = { source_type: 'customer', source_id: Number(row?.source_id), active: true };
  const consent = {
    do_not_mail: false,
    do_not_service: false,
    marketing_allowed: true,
    reminders_allowed: true,
  };
  await world.sql(
    'select store_contacts($1, $2, $3::jsonb, $4)',
    world.connectionId,
    world.workspaceId,
    JSON.stringify([{ ...known, ...consent, ...facts, merged_to_id: null }]),
    start,
  );
}

async function contact() {
  const [row] = await world.sql<{ name: string; email: string; phone: string | null }>(
    'select name, email, phone from contacts where id = $1',
    journey.contactId,
  );
  return row;
}

test('what a flow says of a contact holds, whatever the mirror says later', async () => {
  const { doAction } = await startRunner();
  const change = { name: 'New Name', email: 'new@example.com', phone: '' };
  await expect(doAction('chou_update_contact', 'run:1:node:c:1', change)).resolves.toEqual({ changed: true });
  await expect(doAction('chou_update_contact', 'run:1:node:c:1', change)).resolves.toEqual({
    changed: false,
  });
  await mirrorSays({ name: 'Mirror Name', email: 'mirror@example.com', phone: '+15550100199' });
  expect(await contact()).toEqual({ name: 'New Name', email: 'new@example.com', phone: '+15550100199' });
});

test('an opt-out holds for the address of the contact, and ServiceTitan is told', async () => {
  const { doAction } = await startRunner();
  await expect(doAction('chou_update_contact', 'run:1:node:o:1', { optOut: true })).resolves.toEqual({
    changed: true,
  });
  await expect(doAction('chou_update_contact', 'run:1:node:o:1', { optOut: true })).resolves.toEqual({
    changed: false,
  });
  const email = (await contact())?.email ?? '';
  const rows = await world.sql<{ source: string; pending: boolean }>(
    'select source, written_back_at is null as pending from suppressions where email = $1',
    email,
  );
  expect(rows).toEqual([{ source: 'unsubscribe', pending: true }]);
});

test('no change at all, and no address, are refused by name', async () => {
  const { doAction } = await startRunner();
  await expect(doAction('chou_update_contact', 'run:1:node:n:1', {})).rejects.toThrow(
    'Name: Enter what is to be',
  );
  await expect(doAction('chou_update_contact', 'run:1:node:n:1', { email: 'nobody' })).rejects.toThrow(
    'E-mail address: is no e-mail address',
  );
});

test('another flow is asked for with the key of the step', async () => {
  const { doAction } = await startRunner();
  const flowId = '00000000-0000-4000-8000-00000000000c';
  await expect(doAction('chou_start_flow', 'run:1:node:f:1', { flowId })).resolves.toEqual({
    started: true,
    reason: null,
  });
  expect(started).toEqual([
    {
      workspaceId: world.workspaceId,
      journeyId: journey.id,
      flowId,
      key: 'run:1:node:f:1',
      startedBy: 'run:00000000-0000-4000-8000-00000000000a',
    },
  ]);
});

/** Another server that answers with these, then accepts; what it heard. */
async function startServer(...answers: number[]) {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(request.method ?? '');
    response.writeHead(answers.shift() ?? 200).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => new Promise((resolve) => server.close(() => resolve())));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return { heard, url: `http://127.0.0.1:${port}/` };
}
const here = [readAllowedNetwork('127.0.0.1')];

test('a call that broke off halfway is not made again, however often a worker comes to it', async () => {
  const { heard, url } = await startServer();
  const { doAction } = await startRunner({}, here);
  const key = 'run:1:node:once:1';
  // What a worker leaves behind that dies while the other server has the call.
  const id = uuidOfKey(`call:${world.workspaceId}:${key}`);
  await world.sql('select begin_call($1, $2, null, $3)', id, world.workspaceId, start);
  for (const _ of [1, 2])
    await expect(doAction('chou_http_request', key, { url })).rejects.toMatchObject({
      outcomeUnknown: true,
      message: expect.stringContaining('Look there whether it was done'),
    });
  expect(heard).toEqual([]);
});

test('a call that was refused is made again; one that was heard is not, before its step is settled', async () => {
  const { heard, url } = await startServer(429);
  const { doAction } = await startRunner({}, here);
  const again = () => doAction('chou_http_request', 'run:1:node:busy:1', { url });
  await expect(again()).rejects.toMatchObject({ kind: 'rate_limited', outcomeUnknown: false });
  await expect(again()).resolves.toMatchObject({ ok: true });
  await expect(again()).rejects.toMatchObject({ outcomeUnknown: true });
  expect(heard).toEqual(['POST', 'POST']);
});

test('a worker that dies between a call and writing it down has it made twice only by a person', async () => {
  const { heard, url } = await startServer();
  const { runner } = await startRunner({}, here);
  const callNode = action('hook', 'chou_http_request', { url });
  const flowId = await world.addFlow(chain(triggerOn({ on: 'manual' }), callNode));
  const run = await world.startFlow(flowId, journey, 'manual');
  world.runAction = async (request) => {
    await runner(request);
    throw new AppError('internal', 'The database is gone.');
  };
  await expect(world.at(0)).rejects.toThrow('The database is gone.');
  world.runAction = runner;
  await world.at(hour);
  expect(await world.stepsOf(run)).toEqual(['trigger done', 'hook failed']);
  expect(heard).toEqual(['POST']);
  const openCalls = () => world.sql('select id from open_calls where run_id = $1', run);
  expect(await openCalls()).toEqual([]);

  const asked = { workspaceId: world.workspaceId, actor: 'marketer@example.com' };
  await world.mender.retry(asked, run, { from: 'failed', version: 'same' });
  await world.at(hour);
  expect(await world.runStatus(run)).toBe('done');
  expect(heard).toEqual(['POST', 'POST']);
  expect(await openCalls()).toEqual([]);
});

test('a private network is not called, unless it is allowed', async () => {
  const { doAction } = await startRunner();
  await expect(
    doAction('chou_http_request', 'run:1:node:h:1', { url: 'http://127.0.0.1:5432/' }),
  ).rejects.toMatchObject({ kind: 'forbidden' });
});
