import { expect, test } from 'vitest';
import { z } from 'zod';
import { BaseIntegration } from '#integrations/BaseIntegration.ts';
import { defineAction, describeAction, type ActionContext } from '#integrations/action.ts';
import type { ConnectionDiagnosis, Verdict } from '#integrations/ConnectionDiagnosis.ts';
import { systemClock } from '#integrations/clock.ts';
import { IntegrationError } from '#integrations/errors.ts';
import {
  idField,
  optionalChoiceField,
  optionalIdField,
  optionalTextField,
  optionalTimeField,
  switchField,
} from '#integrations/fields.ts';

interface Greeter {
  greet(name: string): string;
}

const input = z.object({
  who: idField({ title: 'Whom' }),
  other: optionalIdField({ title: 'Other' }),
  word: optionalTextField({ title: 'Word' }),
  kind: optionalChoiceField(['warm', 'cold'], { title: 'Kind' }),
  at: optionalTimeField({ title: 'When' }),
  loud: switchField({ title: 'Loud' }),
});
const output = z.object({ said: z.string(), input });
const greet = defineAction<Greeter, typeof input, typeof output>({
  id: 'example_greet',
  title: 'Greet',
  description: 'Says hello.',
  category: 'Words',
  effect: 'read',
  input,
  output,
  run: ({ service }, given) => Promise.resolve({ said: service.greet(String(given.who)), input: given }),
});

const context: ActionContext<Greeter> = {
  service: { greet: (name) => `Hello ${name}` },
  clock: systemClock,
  idempotencyKey: 'step-1',
  host: { updateState: () => Promise.resolve({ from: 0, to: 1 }) },
};

test('what templates rendered is read: numbers and switches from text, empty text as nothing', async () => {
  const given = {
    who: ' 12 ',
    other: '',
    word: ' ',
    kind: '',
    at: '2026-11-20T10:00:00+02:00',
    loud: 'true',
  };
  await expect(greet.run(context, given)).resolves.toEqual({
    said: 'Hello 12',
    input: { who: 12, at: '2026-11-20T08:00:00.000Z', loud: true },
  });
});

test('fields that are not given at all are nothing as well', async () => {
  await expect(greet.run(context, { who: 12 })).resolves.toEqual({
    said: 'Hello 12',
    input: { who: 12, loud: false },
  });
});

test.each([
  [{ who: 'Fictional Person' }, 'Whom'],
  [{ who: '' }, 'Whom'],
  [{ who: 0 }, 'Whom'],
  [{ who: 1, kind: 'lukewarm' }, 'Kind'],
  [{ who: 1, at: 'tomorrow' }, 'When'],
])('the input %o is refused by the title of its field, without its value', async (given, title) => {
  const running = greet.run(context, given);
  await expect(running).rejects.toMatchObject({ kind: 'invalid' });
  await expect(running).rejects.toThrow(`Check the fields of "Greet". ${title}: `);
  await expect(running).rejects.not.toThrow(/Fictional|lukewarm|tomorrow/);
});

test('an action is described without its code', () => {
  expect(describeAction(greet)).toMatchObject({
    id: 'example_greet',
    title: 'Greet',
    effect: 'read',
    inputSchema: {
      required: ['who'],
      properties: {
        who: { title: 'Whom', type: 'integer' },
        kind: { title: 'Kind', enum: ['warm', 'cold'] },
        loud: { title: 'Loud', type: 'boolean', default: false },
      },
    },
  });
});

test('a refusal for want of a permission names the permission', async () => {
  const refused = (kind: 'forbidden' | 'invalid') =>
    defineAction({
      ...greet,
      input: z.object({}),
      output: z.string(),
      scopes: ['greetings:r', 'greetings:w'],
      run: () => Promise.reject(new IntegrationError(kind, 'No.', { status: 403, requestId: 'r1' })),
    }).run(context, {});
  await expect(refused('forbidden')).rejects.toMatchObject({
    kind: 'forbidden',
    message: '"Greet" needs greetings:r and greetings:w. No.',
    status: 403,
    requestId: 'r1',
  });
  await expect(refused('invalid')).rejects.toMatchObject({ message: 'No.' });
});

class ExampleIntegration extends BaseIntegration<Greeter> {
  override readonly id = 'example';
  override readonly name = 'Example';
  override readonly description = 'Greets.';
  override readonly category = 'crm';
  override readonly authType = 'api_key';
  override readonly credentialSchema = z.object({ key: z.string() });
  override readonly actions = [greet];
  readonly #verdict: Verdict;
  readonly #failure: Error | undefined;

  constructor(verdict: Verdict, failure?: Error) {
    super();
    this.#verdict = verdict;
    this.#failure = failure;
  }

  override connect(): Greeter {
    return context.service;
  }

  override diagnose(): Promise<ConnectionDiagnosis> {
    if (this.#failure) return Promise.reject(this.#failure);
    return Promise.resolve({
      verdict: this.#verdict,
      headline: 'The key is of the past.',
      remedy: 'Enter the key again.',
      details: ['It ran out.', 'Yesterday.'],
      scopes: [],
      checkedAt: '2026-03-02T20:00:00.000Z',
      clockSkewMs: null,
      retryAt: null,
      requestIds: [],
    });
  }
}

test('a check that passes, one that is refused, one that cannot begin, and one that breaks are four things', async () => {
  const check = (verdict: Verdict, failure?: Error) =>
    new ExampleIntegration(verdict, failure).checkConnection({}, { clock: systemClock });
  await expect(check('limited')).resolves.toMatchObject({ ok: true, diagnosis: { verdict: 'limited' } });
  await expect(check('wrong_client')).resolves.toMatchObject({
    ok: false,
    kind: 'auth',
    message: 'The key is of the past. It ran out. Enter the key again.',
    diagnosis: { verdict: 'wrong_client' },
  });
  await expect(check('working', new IntegrationError('invalid', 'Complete the key.'))).resolves.toEqual({
    ok: false,
    kind: 'invalid',
    message: 'Complete the key.',
    diagnosis: null,
  });
  await expect(check('working', new TypeError('broken'))).rejects.toThrow(TypeError);
});
