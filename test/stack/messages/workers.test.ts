import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RealPostgres } from '#test/helpers/realPostgres.ts';
import { SmtpSender } from '#backend/email/SmtpSender.ts';
import { start, type FlowWorld } from '../flow/FlowWorld.ts';
import { openRealWorld } from '../flow/openRealWorld.ts';
import { SmtpInbox } from './SmtpInbox.ts';

let world: FlowWorld;
let server: RealPostgres;
beforeAll(async () => {
  ({ world, server } = await openRealWorld());
});
beforeEach(() => world.reset());
afterAll(() => world.close());

/** So many new leads, each with a run whose first step is due. */
async function startRuns(count: number): Promise<Set<string>> {
  const emails = new Set<string>();
  for (let number = 0; number < count; number += 1) {
    const journey = await world.addJourney({ state: 1 });
    await world.startRun(journey, 1);
    emails.add(journey.email);
  }
  return emails;
}

test('four workers share what is due: nothing is done or sent twice, nothing is lost', async () => {
  const emails = await startRuns(250);
  const senders = Array.from({ length: 4 }, () => new SmtpSender(world.inbox.url));
  const replies = await Promise.all(
    senders.map(async (sender) => {
      const { steps } = await world.stepWorker().runDueSteps();
      const { sent } = await world.messageWorker(sender).deliverDueMessages();
      return { steps, sent };
    }),
  );
  // Who ended early left to the others what they had queued by then.
  const { sent: rest } = await world.messages.deliverDueMessages();
  for (const sender of senders) sender.close();
  expect(replies.reduce((sum, { steps }) => sum + steps, 0)).toBe(500);
  expect(replies.reduce((sum, { sent }) => sum + sent, rest)).toBe(250);
  expect(world.inbox.mails).toHaveLength(250);
  expect(new Set(world.inbox.mails.map(({ to }) => to[0]))).toEqual(emails);
});

test('a process that is killed while it sends leaves no more in doubt than were on their way', async () => {
  const emails = await startRuns(120);
  await world.steps.runDueSteps();
  const connections = 5;
  const arrived: (string | undefined)[] = [];
  const half = Promise.withResolvers<void>();
  const inbox = await SmtpInbox.open({
    onText: async () => {
      if (inbox.mails.length >= 50) half.resolve();
      return null;
    },
  });
  const { supabaseUrl, secretKey } = server;
  const smtpUrl = `${inbox.url}/?maxConnections=${connections}`;
  const input = { supabaseUrl, secretKey, smtpUrl, now: start };
  const child = fork(new URL('./sendingProcess.ts', import.meta.url), [JSON.stringify(input)], {
    execArgv: [],
  });
  const ended = once(child, 'exit');
  await half.promise;
  child.kill('SIGKILL');
  await ended;
  await inbox.close();
  arrived.push(...inbox.mails.map(({ mail }) => mail.messageId));

  const [doubt] = await world.sql<{ count: number }>(
    `select count(*)::int as count from messages where status = 'queued' and handed_over_at is not null`,
  );
  expect(doubt?.count).toBeLessThanOrEqual(2 * connections);
  world.systemClock.set(new Date(Date.now() + 3_600_000));
  await world.messages.deliverDueMessages();
  arrived.push(...world.inbox.mails.map(({ mail }) => mail.messageId));
  const [counted] = await world.sql<{ sent: number; resent: number }>(
    `select count(*) filter (where status = 'sent')::int as sent, sum(resent_count)::int as resent from messages`,
  );
  expect(counted?.sent).toBe(emails.size);
  // The last thing that it asked of the database may have been done after this was looked at.
  expect(counted?.resent).toBeLessThanOrEqual(doubt?.count ?? 0);
  // What came twice is of what was in doubt, is counted, and carries the same Message-ID.
  expect(new Set(arrived).size).toBe(emails.size);
  expect(arrived.length - emails.size).toBeLessThanOrEqual(counted?.resent ?? 0);
});
