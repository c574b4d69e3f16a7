import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SmtpSender } from '#backend/email/SmtpSender.ts';
import { claimDueSteps, settleSteps } from '#backend/repositories/flowRunRepository.ts';
import {
  advanceMessages,
  claimDueMessages,
  type MessageAdvance,
} from '#backend/repositories/messageRepository.ts';
import { FlowWorld, start } from '../flow/FlowWorld.ts';
import { SmtpInbox } from './SmtpInbox.ts';

let world: FlowWorld;
beforeAll(async () => {
  world = await FlowWorld.open();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

const leaseSeconds = 300;
const later = (seconds: number) => new Date(start.getTime() + seconds * 1000);

function claimed(holder: string, systemNow = start) {
  return { now: start, systemNow, holder, leaseSeconds, limit: 10 };
}

async function queue(): Promise<void> {
  await world.startRun(await world.addJourney({ state: 4 }), 4);
  await world.steps.runDueSteps();
}

async function claimMessage(holder: string, systemNow = start) {
  const [message] = (await claimDueMessages(world.database, claimed(holder, systemNow))).messages;
  if (!message) throw new Error('Nothing is due.');
  return message;
}

async function advance(...messages: MessageAdvance[]) {
  return advanceMessages(world.database, { messages, now: start, systemNow: start, leaseSeconds });
}

describe('what is claimed', () => {
  test('is not touched by a result of a former claim that is told twice', async () => {
    await queue();
    const withdraw = (holder: string, id: string): MessageAdvance => ({
      id,
      holder,
      type: 'finish',
      result: { status: 'queued', reason: null, toEmail: null },
    });
    const first = await claimMessage('first');
    expect(first.holder).toBe('first');
    expect(await advance(withdraw('first', first.id))).toEqual(['done']);
    const { id, facts } = await claimMessage('second');
    expect(await advance({ id, holder: 'second', type: 'hand_over', facts })).toEqual(['done']);
    // The answer to the first was lost.
    expect(await advance(withdraw('first', id))).toEqual(['lost']);
    const sent = { status: 'sent', reason: null, toEmail: null } as const;
    expect(await advance({ id, holder: 'second', type: 'finish', result: sent })).toEqual(['done']);
    expect(await world.sql('select status, resent_count from messages')).toEqual([
      { status: 'sent', resent_count: 0 },
    ]);
  });

  test('is told from a former claim of the same in one call', async () => {
    await queue();
    const { id, facts } = await claimMessage('first');
    await claimMessage('second', later(leaseSeconds));
    const handOver = (holder: string) => ({ id, holder, type: 'hand_over', facts }) as const;
    expect(await advance(handOver('first'), handOver('second'))).toEqual(['lost', 'done']);
    expect(await advance(handOver('second'), handOver('first'))).toEqual(['done', 'lost']);
    const finish = (holder: string, status: 'failed' | 'sent') =>
      ({ id, holder, type: 'finish', result: { status, reason: null, toEmail: null } }) as const;
    expect(await advance(finish('second', 'sent'), finish('first', 'failed'))).toEqual(['done', 'lost']);
    expect(await world.sql('select status from messages')).toEqual([{ status: 'sent' }]);
  });

  test('is told so for steps, too', async () => {
    await world.startRun(await world.addJourney({ state: 4 }), 4);
    await claimDueSteps(world.database, claimed('first'));
    const [step] = await claimDueSteps(world.database, claimed('second', later(leaseSeconds)));
    const settlement = (holder: string) =>
      ({
        id: step?.id ?? '',
        holder,
        startedAt: null,
        finishedAt: null,
        type: 'fail',
        input: null,
        error: `Said by the ${holder}.`,
      }) as const;
    const settlements = [settlement('first'), settlement('second')];
    expect(await settleSteps(world.database, { settlements, now: start })).toEqual(['lost', 'done']);
    expect(await world.sql('select ended_reason from flow_runs')).toEqual([
      { ended_reason: 'Said by the second.' },
    ]);
  });
});

test('two rounds of one process send each mail once, though the first outlives its lease', async () => {
  await queue();
  await queue();
  const begun = Promise.withResolvers<void>();
  const slow = Promise.withResolvers<null>();
  const inbox = await SmtpInbox.open({
    onRecipient: () => {
      begun.resolve();
      return slow.promise;
    },
  });
  const sender = new SmtpSender(`${inbox.url}/?maxConnections=1`);
  const messages = world.messageWorker(sender);
  const first = messages.deliverDueMessages();
  await begun.promise;
  world.systemClock.set(later(leaseSeconds));
  const second = messages.deliverDueMessages();
  const attempts = async () =>
    (await world.sql<{ attempts: number }>('select attempts from messages')).map((row) => row.attempts);
  await expect.poll(attempts).toEqual([2, 2]);
  slow.resolve(null);
  expect([await first, await second].map(({ sent }) => sent)).toEqual([0, 2]);
  expect(inbox.mails).toHaveLength(2);
  expect(new Set(inbox.mails.map(({ to }) => to[0])).size).toBe(2);
  expect(await world.sql('select status, resent_count from messages')).toEqual([
    { status: 'sent', resent_count: 0 },
    { status: 'sent', resent_count: 0 },
  ]);
  sender.close();
  await inbox.close();
});
