import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { mostWaiting } from '#integrations/crm/servicetitan/sandbox/webhooks/Deliveries.ts';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';
import { WebhookReceiver } from './WebhookReceiver.ts';

const key = 'k'.repeat(40);
const deliveries = z.object({
  deliveries: z.array(
    z.looseObject({
      id: z.int(),
      status: z.string(),
      nextAt: z.string().nullable(),
      attempts: z.array(
        z.object({ at: z.string(), status: z.int().nullable(), error: z.string().nullable() }),
      ),
    }),
  ),
});

let client: SandboxClient;
let receiver: WebhookReceiver;

beforeEach(async () => {
  client = await openSandbox({ start: new Date('2026-01-05T18:00:00Z'), freeze: true });
  receiver = await WebhookReceiver.open();
});
afterEach(async () => {
  await client.sandbox.close();
  await receiver.close();
});

async function subscribe(subscription: Record<string, unknown> = {}): Promise<void> {
  await client.control('PUT', 'webhooks', [{ url: receiver.url, ...subscription }]);
}

/** All deliveries, once nothing is being sent. */
async function settled() {
  return deliveries.parse(await client.control('GET', 'webhooks/deliveries?settled=true')).deliveries;
}

async function tell(event: string, customerId?: unknown) {
  return client.control('POST', 'story', { tenant: 'SOCAL', event, customerId });
}

async function advance(seconds: number) {
  await client.control('POST', 'clock', { advance: `PT${seconds}S` });
  return settled();
}

describe('a webhook', () => {
  it('is a CloudEvent with a signature over its raw body', async () => {
    await subscribe({ key });
    const { customerId } = await tell('lead_received');
    await settled();
    const [hook] = receiver.hooks;
    expect(receiver.types()).toEqual(['tn.crm.lead-created']);
    expect(hook?.headers['x-servicetitan-signature']).toBe(
      createHmac('sha256', key)
        .update(hook?.raw ?? '')
        .digest('hex'),
    );
    expect(hook?.headers['content-type']).toBe('application/json');
    const [lead] = (await client.list('crm/v2/tenant/{t}/leads')).data;
    expect(hook?.event.data).toMatchObject({
      tenantId: 410387862,
      tenantName: 'SOCAL',
      lead: {
        id: lead?.id,
        customerId,
        email: lead?.['leadEmail'],
        customerName: lead?.['leadCustomerName'],
      },
    });
    expect(hook?.event.data['lead']).not.toHaveProperty('summary');
  });

  it('is signed in base64, in another header, where the subscription says so', async () => {
    await subscribe({ key, header: 'x-signature', encoding: 'base64' });
    await tell('lead_received');
    await settled();
    const [hook] = receiver.hooks;
    expect(hook?.headers['x-signature']).toBe(
      createHmac('sha256', key)
        .update(hook?.raw ?? '')
        .digest('base64'),
    );
  });

  it('is signed as the switch says where the subscription does not', async () => {
    await client.control('PUT', 'switches', { signatureEncoding: 'base64' });
    await subscribe({ key });
    await tell('lead_received');
    await settled();
    const signature = createHmac('sha256', key)
      .update(receiver.hooks[0]?.raw ?? '')
      .digest('base64');
    expect(receiver.hooks[0]?.headers['x-servicetitan-signature']).toBe(signature);
  });

  it('is tried again after 10, 30, 60 and 300 seconds of sandbox time, then given up', async () => {
    receiver.answers = [500, 503, 404, 302, 500];
    await subscribe();
    await tell('lead_received');
    expect(await settled()).toMatchObject([{ status: 'waiting', nextAt: '2026-01-05T18:00:10.000Z' }]);
    for (const [index, wait] of [10, 30, 60, 300].entries()) {
      await advance(wait - 1);
      expect(receiver.hooks).toHaveLength(index + 1);
      await advance(1);
      expect(receiver.hooks).toHaveLength(index + 2);
    }
    const [delivery] = await settled();
    expect(delivery).toMatchObject({ status: 'given_up', nextAt: null });
    expect(delivery?.attempts.map(({ status }) => status)).toEqual([500, 503, 404, 302, 500]);
    await advance(100_000);
    expect(receiver.hooks).toHaveLength(5);

    const events = receiver.hooks.map(({ event }) => event);
    expect(new Set(events.map((event) => event.userassignedid)).size).toBe(1);
    expect(new Set(events.map((event) => event.id)).size).toBe(5);
    expect(new Set(events.map((event) => event.time))).toEqual(new Set(['2026-01-05T18:00:00.000Z']));
  });

  it('is delivered by a later attempt, and can be sent again by hand', async () => {
    receiver.answers = [500];
    await subscribe();
    await tell('lead_received');
    await settled();
    const [delivered] = await advance(10);
    expect(delivered).toMatchObject({ status: 'delivered', attempts: [{ status: 500 }, { status: 200 }] });
    await client.control('POST', `webhooks/deliveries/${delivered?.id}/replay`);
    await settled();
    expect(receiver.hooks).toHaveLength(3);
    expect((await client.send('POST', '/_sandbox/webhooks/deliveries/99/replay')).status).toBe(404);
  });

  it('is dropped, oldest first, where too many wait', async () => {
    await subscribe({ url: 'http://127.0.0.1:1/', types: ['tn.crm.lead-created'] });
    const leads = Array.from({ length: mostWaiting + 5 }, (_, index) => ({ id: index + 1 }));
    await client.load('leads', leads);
    const all = deliveries.parse(await client.control('GET', 'webhooks/deliveries')).deliveries;
    expect(all).toHaveLength(leads.length);
    const dropped = all.filter(({ status }) => status === 'dropped');
    expect(dropped.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
    expect(dropped[0]).toMatchObject({ note: expect.stringContaining('were waiting'), nextAt: null });
    await client.control('DELETE', 'webhooks/deliveries');
  });

  it('is listed until a thousand others were finished after it', async () => {
    await subscribe({ types: ['tn.crm.lead-created'] });
    const leads = Array.from({ length: 1003 }, (_, index) => ({ id: index + 1 }));
    await client.load('leads', leads);
    const listed = await settled();
    expect([listed.length, receiver.hooks.length]).toEqual([1000, 1003]);
  });

  it('waits for a receiver that is not there', async () => {
    const gone = await WebhookReceiver.open();
    await gone.close();
    await subscribe({ url: gone.url });
    await tell('lead_received');
    expect(await settled()).toMatchObject([
      { status: 'waiting', attempts: [{ status: null, error: expect.stringContaining('fetch failed') }] },
    ]);
  });

  it('does not keep a sandbox open whose receiver never answers', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const own = await openSandbox();
    await own.control('PUT', 'webhooks', [{ url: `http://127.0.0.1:${port}/` }]);
    await own.control('POST', 'story', { tenant: 'SOCAL', event: 'lead_received' });
    await own.sandbox.close();
    silent.closeAllConnections();
    silent.close();
  });
});

describe('what is told', () => {
  it('follows a customer through a story, one event per occurrence', async () => {
    const { customerId } = await tell('lead_received');
    await subscribe();
    const toldBy = async (event: string) => {
      receiver.hooks.length = 0;
      await tell(event, customerId);
      await settled();
      return receiver.types().toSorted();
    };
    expect(await toldBy('sales_booked')).toEqual(['tn.crm.lead-updated', 'tn.jpm.job-scheduled']);
    expect(await toldBy('sales_rescheduled')).toEqual([
      'tn.jpm.job-appointment-updated',
      'tn.jpm.job-rescheduled',
    ]);
    expect(await toldBy('sales_canceled')).toEqual(['tn.jpm.job-appointment-updated', 'tn.jpm.job-updated']);
    const canceled = receiver.hooks.find(({ event }) => event.type === 'tn.jpm.job-updated');
    expect(canceled?.event.data['job']).toMatchObject({ jobStatus: 'Canceled', customerId });
    expect(canceled?.event.data['job']).not.toHaveProperty('summary');
    expect(canceled?.event.data['job']).not.toHaveProperty('customFields');
    await tell('sales_booked', customerId);
    expect(await toldBy('estimate_created')).toContain('tn.jpm.job-completed');
    expect(await toldBy('estimate_sold')).toEqual([]);
    expect(await toldBy('install_scheduled')).toEqual(['tn.jpm.job-scheduled']);
    expect(await toldBy('install_started')).toContain('tn.dis.technician-dispatched');
    expect(await toldBy('contact_changed')).toEqual([]);
  });

  it('comes from the API as from stories, and not from what was refused', async () => {
    await client.load('bookings', [{ id: 5, name: 'Pat', source: 'Web', start: '2026-02-01T10:00:00Z' }]);
    await subscribe({ types: ['tn.crm.booking-updated', 'tn.crm.lead-created'] });
    const path = 'crm/v2/tenant/{t}/booking-provider/1/bookings/5';
    await client.json('PATCH', path, { name: 'Kim' });
    expect((await client.call('PATCH', path, { name: 7 })).status).toBe(400);
    await settled();
    expect(receiver.hooks.map(({ event }) => event.data['booking'])).toMatchObject([
      { id: 5, name: 'Kim', active: true },
    ]);
    expect(receiver.hooks[0]?.event.data['booking']).not.toHaveProperty('summary');
  });

  it('goes to the tenant, the types and the approved app of a subscription only', async () => {
    await client.control('PUT', 'apps/other', { tenants: [{ tenant: 'SOCAL', approved: false }] });
    await client.control('PUT', 'webhooks', [
      { url: `${receiver.url}?dfw`, tenant: 'DFW' },
      { url: `${receiver.url}?jobs`, types: ['tn.jpm.job-scheduled'] },
      { url: `${receiver.url}?other`, app: 'other' },
    ]);
    await tell('lead_received');
    await settled();
    expect(receiver.hooks).toEqual([]);
    await client.control('PUT', 'apps/other', { tenants: [{ tenant: 'SOCAL', approved: true }] });
    await tell('lead_received');
    await settled();
    expect(receiver.types()).toEqual(['tn.crm.lead-created']);
    await client.control('DELETE', 'webhooks');
    await tell('lead_received');
    await settled();
    expect(receiver.hooks).toHaveLength(1);
  });
});

it.each([
  [{ url: 'https://example.com/hooks' }, /url must be an http or https address of this machine/],
  [{ url: 'http://127.0.0.1:1/', key: 'short' }, /key must have 32 to 64 characters/],
  [{ url: 'http://127.0.0.1:1/', types: ['customer.created'] }, /types\[0\] must be one of tn\.jpm/],
  [{ url: 'http://127.0.0.1:1/', app: 'nobody' }, /app must be one of sandbox/],
  [{ url: 'http://user:pass@127.0.0.1:1/' }, /url must not carry a user or password/],
  [
    { url: 'http://127.0.0.1:1/', header: 'Content-Length' },
    /header must be a header that is not set by HTTP/,
  ],
  [{ url: 'http://127.0.0.1:1/', tenant: 'NOWHERE' }, /tenant must be one of/],
])('refuses the subscription %j', async (subscription, message) => {
  const answer = await client.send('PUT', '/_sandbox/webhooks', [subscription]);
  expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(message)]);
});
