import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { stateResources } from '#backend/services/readOrder.ts';
import { judgeWebhook } from '#backend/webhooks/judgeWebhook.ts';
import { resourcesOfWebhook } from '#backend/webhooks/webhookTypes.ts';

const key = 'k'.repeat(32);
const now = new Date('2026-03-02T20:00:00Z');
const receiver = { isEnabled: true, encoding: 'auto', tenantId: 410387862 } as const;
const event = {
  specversion: '1.0',
  id: 'delivery-1',
  userassignedid: 'occurrence-1',
  type: 'tn.jpm.job-updated',
  time: '2026-03-02T19:59:59.1234567Z',
  source: 'https://webhooks.servicetitan.io',
  datacontenttype: 'application/json',
  data: { job: { id: 1 }, tenantId: 410387862, tenantName: 'SOCAL' },
};

/** What becomes of a correctly signed body. */
function judge(content: unknown, question: Partial<Parameters<typeof judgeWebhook>[0]> = {}) {
  const body = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  const signature = createHmac('sha256', key).update(body).digest('hex');
  const verdict = judgeWebhook({ receiver, keys: [key], signature, body, now, ...question });
  return 'refusal' in verdict ? verdict.refusal : 'taken';
}

describe('a webhook', () => {
  it('is taken when it is signed, of the tenant and of now', () => {
    expect(judge(event)).toBe('taken');
    expect(judge({ ...event, extra: true, datacontenttype: 'application/json; charset=utf-8' })).toBe(
      'taken',
    );
  });

  it('is not looked at while webhooks are off, without a key, or without a signature', () => {
    expect(judge('rubbish', { receiver: { ...receiver, isEnabled: false } })).toBe('disabled');
    expect(judge('rubbish', { keys: [] })).toBe('no_key');
    expect(judge('rubbish', { signature: undefined })).toBe('unsigned');
    expect(judge('rubbish', { signature: '' })).toBe('unsigned');
    expect(judge('rubbish', { signature: 'f'.repeat(64) })).toBe('wrong_signature');
  });

  it('is refused when a member of the envelope is missing or wrong', () => {
    for (const member of Object.keys(event)) {
      expect([member, judge({ ...event, [member]: undefined })]).toEqual([member, 'malformed']);
    }
    const wrong = [
      { specversion: '0.3' },
      { time: 'yesterday' },
      { userassignedid: '' },
      { userassignedid: 'x\0y' },
      { type: '\ud800' },
      { datacontenttype: 'text/plain' },
      { data: {} },
      { data: { tenantId: '410387862' } },
    ];
    for (const members of wrong)
      expect([members, judge({ ...event, ...members })]).toEqual([members, 'malformed']);
    for (const body of ['', 'rubbish', '[]', 'null', '{"data":'])
      expect([body, judge(body)]).toEqual([body, 'malformed']);
  });

  it('is refused when it is of another tenant', () => {
    expect(judge({ ...event, data: { tenantId: 1116148646 } })).toBe('other_tenant');
  });

  it('is of now from a day before to ten minutes ahead', () => {
    const at = (milliseconds: number) => new Date(now.getTime() + milliseconds).toISOString();
    const dayMs = 24 * 3600_000;
    expect(judge({ ...event, time: at(-dayMs) })).toBe('taken');
    expect(judge({ ...event, time: at(-dayMs - 1) })).toBe('replayed');
    expect(judge({ ...event, time: at(600_000) })).toBe('taken');
    expect(judge({ ...event, time: at(600_001) })).toBe('replayed');
  });

  it('may give its time in another zone, or in none, which is UTC', () => {
    expect(judge({ ...event, time: '2026-03-02T12:00:00-08:00' })).toBe('taken');
    expect(judge({ ...event, time: '2026-03-02T20:00:00' })).toBe('taken');
    expect(judge({ ...event, time: '2026-03-02T20:20:00' })).toBe('replayed');
  });
});

describe('what is read because of a webhook', () => {
  it('begins with the people and goes on from what it tells of to the end', () => {
    expect(resourcesOfWebhook('tn.jpm.job-completed')).toEqual([
      'customers',
      'customer_contacts',
      'jobs',
      'appointments',
      'canceled_logs',
      'estimates',
    ]);
    expect(resourcesOfWebhook('tn.crm.booking-updated')).toEqual(stateResources);
  });

  it('is everything for an unknown event, and nothing for one that no state hangs on', () => {
    expect(resourcesOfWebhook('tn.new.thing-happened')).toBeNull();
    expect(resourcesOfWebhook('constructor')).toBeNull();
    expect(resourcesOfWebhook('tn.tlc.call-completed')).toEqual([]);
  });
});
