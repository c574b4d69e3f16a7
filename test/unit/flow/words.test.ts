import { assert, constantFrom, oneof, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { composeMessage } from '#backend/email/composeMessage.ts';
import { TemplateError } from '#backend/email/liquidTemplate.ts';
import { firstName } from '#backend/flow/firstName.ts';
import { lifecycleFlows } from '#backend/flow/lifecycle/lifecycleFlows.ts';
import { stepContext } from '#backend/flow/StepContext.ts';
import { factsOf } from '#backend/flow/factsOf.ts';
import { templateScope, templateVariables } from '#backend/flow/templateScope.ts';

const full = stepContext.parse({
  connectionId: '3f2b8c1e-0000-4000-8000-000000000001',
  state: 3,
  stateSince: '2026-11-20T12:00:00Z',
  timeZone: 'America/Los_Angeles',
  customer: {
    name: 'Testa Fictional',
    email: 'testa@example.com',
    phone: '(555) 010-0101',
    type: 'Residential',
    city: 'Sampleton',
    zip: '90000',
    tagIds: [7],
    unsubscribed: false,
  },
  job: {
    jobNumber: '1234',
    summary: 'Replace furnace',
    jobStatus: 'Scheduled',
    total: 1250.5,
    typeId: 1,
    type: 'Estimate',
    businessUnitId: 2,
    campaignId: null,
    tagIds: [],
    completedOn: null,
  },
  appointment: {
    start: '2026-11-24T18:00:00+00:00',
    end: '2026-11-24T22:00:00+00:00',
    arrivalWindowStart: null,
    arrivalWindowEnd: null,
  },
  estimates: [
    { name: 'Good', status: 'Open', createdOn: '2026-11-20', total: 4000 },
    { name: 'Old', status: 'Dismissed', createdOn: '2026-11-21', total: 1 },
    { name: 'Better', status: 'Open', createdOn: '2026-11-22', total: '5500.00' },
  ],
  openTotal: 9500,
  soldTotal: 0,
  workspace: {
    name: 'Demo & Sons',
    senderEmail: 'hello@demo.example.com',
    phone: '(555) 010-0100',
    website: 'https://demo.example.com',
    postalAddress: '1 Test Street\nSampleton',
    reviewUrl: 'https://demo.example.com/review?a=1&b=2',
  },
  messagesSent: 0,
  replied: false,
  steps: { look: { outcome: null, output: { total: 12 } } },
});
const empty = stepContext.parse({
  ...full,
  customer: null,
  job: null,
  appointment: null,
  estimates: [],
  openTotal: 0,
  workspace: { ...full.workspace, phone: '', website: '', postalAddress: '', reviewUrl: '' },
});

describe('what templates may use', () => {
  test('is written as people write it, in the tenant’s zone', () => {
    expect(templateScope(full)).toMatchObject({
      customer: { name: 'Testa Fictional', firstName: 'Testa', email: 'testa@example.com' },
      job: { jobNumber: '1234', type: 'Estimate', status: 'Scheduled', total: '$1,250.50' },
      appointment: { date: 'Tuesday, November 24', time: '10:00 AM', window: '10:00 AM to 2:00 PM' },
      estimate: { name: 'Better', total: '$5,500', count: 2, openTotal: '$9,500', soldTotal: '' },
    });
  });
  test('prefers the arrival window that the customer was promised', () => {
    const arrivalWindowStart = new Date('2026-11-24T16:00:00Z');
    const arrivalWindowEnd = new Date('2026-11-24T18:30:00Z');
    const appointment = full.appointment && { ...full.appointment, arrivalWindowStart, arrivalWindowEnd };
    expect(templateScope({ ...full, appointment }).appointment).toEqual({
      date: 'Tuesday, November 24',
      time: '8:00 AM',
      window: '8:00 AM to 10:30 AM',
    });
  });
  test('keeps to the local day across midnight and summer time', () => {
    const at = (start: string) => {
      const appointment = {
        start: new Date(start),
        end: null,
        arrivalWindowStart: null,
        arrivalWindowEnd: null,
      };
      return templateScope({ ...full, appointment }).appointment;
    };
    expect(at('2026-11-25T04:00:00Z')).toEqual({
      date: 'Tuesday, November 24',
      time: '8:00 PM',
      window: '8:00 PM',
    });
    expect(at('2026-11-01T08:30:00Z').time).toBe('1:30 AM');
    expect(at('2026-11-01T09:30:00Z').time).toBe('1:30 AM');
    expect(at('2026-03-08T10:30:00Z').time).toBe('3:30 AM');
  });
  test('is all there by name, known or not', () => {
    const names = (scope: object) =>
      Object.entries(scope).flatMap(([part, values]) =>
        [part].concat(Object.keys(values).map((name) => `${part}.${name}`)),
      );
    const { steps: _, ...known } = templateScope(full);
    const { steps: _none, ...unknown } = templateScope(empty);
    expect(names(known)).toEqual(templateVariables);
    expect(names(unknown)).toEqual(templateVariables);
  });
  test('conditions ask the same facts, and what earlier steps answered', () => {
    const now = new Date('2026-11-23T12:00:00Z');
    const ask = (context: typeof full) =>
      ['estimate.count', 'estimate.total', 'appointment.exists', 'appointment.hoursUntil', 'job.total'].map(
        factsOf(context, now),
      );
    expect(ask(full)).toEqual([2, 5500, true, 30, 1250.5]);
    expect(ask(empty)).toEqual([0, null, false, null, null]);
    expect(factsOf(full, now)('journey.daysInState')).toBe(3);
    expect(['steps.look.total', 'steps.look.outcome', 'steps.gone.total'].map(factsOf(full, now))).toEqual([
      12,
      null,
      null,
    ]);
  });
});

test.each([
  ['Testa Fictional', null, 'Testa'],
  ['Fictional, Testa', null, 'Testa'],
  ['TESTA FICTIONAL', null, 'Testa'],
  ["O'Testa Example", null, "O'Testa"],
  ['Sample Heating LLC', null, 'there'],
  ['Testa Fictional', 'Commercial', 'there'],
  ['https://bad.example.com win', null, 'there'],
  ['', null, 'there'],
  ['42', null, 'there'],
])('%s (%s) is addressed as %s', (name, type, expected) => {
  expect(firstName(name, type)).toBe(expected);
});

describe('a composed mail', () => {
  const compose = (body: string, context = full, unsubscribeUrl: string | null = null) =>
    composeMessage({ subject: 'Hi {{ customer.firstName }}', body }, templateScope(context), unsubscribeUrl);

  test('has paragraphs, lines, links and a button, in HTML and in plain text', () => {
    const { html, text } = compose(
      'One\ntwo & <three>\n\nSee [our site]({{ workspace.website }}) now.\n\n[Review]({{ workspace.reviewUrl }})',
    );
    expect(html).toContain('>One<br>two &amp; &lt;three&gt;</p>');
    expect(html).toContain('See <a href="https://demo.example.com" style="color:#1d4ed8">our site</a> now.');
    expect(html).toMatch(
      /<a href="https:\/\/demo\.example\.com\/review\?a=1&amp;b=2" style="display:inline-block[^"]*">Review<\/a>/,
    );
    expect(html).toContain('Demo &amp; Sons &middot; 1 Test Street, Sampleton &middot; (555) 010-0100');
    expect(text).toBe(
      'One\ntwo & <three>\n\nSee our site: https://demo.example.com now.\n\nReview: https://demo.example.com/review?a=1&b=2\n--\nDemo & Sons\n1 Test Street\nSampleton\n(555) 010-0100\n',
    );
  });
  test('links only to what a mail may link to', () => {
    expect(
      compose('[x](javascript:alert(1)) [y](data:text/html,z) [call](tel:5550100)').html.match(/<a [^>]*/g),
    ).toEqual(['<a href="tel:5550100" style="color:#1d4ed8"']);
  });
  test('cannot come out empty', () => {
    expect(() => compose('{{ job.summary }}', empty)).toThrow(TemplateError);
    expect(() => compose('{% if %}')).toThrow(TemplateError);
  });
  test('ends a template that would not end', () => {
    expect(() => compose('{% for i in (1..100000000) %}x{% endfor %}')).toThrow(TemplateError);
  });
  test('keeps any value from becoming markup, a link or a header', () => {
    assert(
      property(
        oneof(
          string(),
          constantFrom(
            '[a](https://b.example.com)',
            '<a href=x>',
            '\r\nBcc: x@example.com',
            '{{ workspace.name }}',
          ),
        ),
        (name) => {
          const context = { ...full, customer: full.customer && { ...full.customer, name } };
          const scope = templateScope(context);
          const { subject, html } = composeMessage(
            { subject: 'For {{ customer.name }}', body: 'x {{ customer.name }} y' },
            scope,
            null,
          );
          expect(subject).not.toMatch(/[\r\n]/);
          expect(html).not.toContain('<a ');
          expect(html.match(/<p /g)).toHaveLength(1);
        },
      ),
    );
  });
});

test.each(lifecycleFlows)('$name reads well, whatever is known', ({ graph }) => {
  for (const node of graph.nodes) {
    if (node.type !== 'send_email') continue;
    for (const context of [full, empty]) {
      const { subject, text } = composeMessage(node.data, templateScope(context), null);
      for (const words of [subject, text]) {
        expect(words).not.toMatch(/\{\{|\{%|undefined|null|NaN|\(\)|\[|  |, [.,]|on ,|on {2}/);
      }
    }
  }
});
