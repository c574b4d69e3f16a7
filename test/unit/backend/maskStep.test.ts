import { expect, test } from 'vitest';
import { maskStep } from '#backend/services/maskStep.ts';
import { findAction } from '#integrations/registry.ts';
import { maskedPersonal, maskedSecret, type ViewerRole } from '#integrations/maskValues.ts';
import { action, condition } from '#test/unit/flow/graphs.ts';

const find = (id: string) => findAction(id)?.action;
const written = {
  method: 'POST',
  url: 'https://api.example.com/people/{{ customer.email }}',
  headers: 'X-Kind: lead',
  body: 'name: Ann',
  secretHeader: 'Authorization',
  secretValue: 'sealed.0123456789ab.AAAA',
};
const step = {
  input: { ...written, url: 'https://api.example.com/people/ann@example.com' },
  output: { status: 200, ok: true, answer: { id: 'ann@example.com' } },
};

function seen(role: ViewerRole) {
  return maskStep(step, { node: action('hook', 'chou_http_request', written), role, findAction: find });
}

test('secrets of a step are shown to nobody, not even as they are stored', () => {
  for (const role of ['owner', 'admin', 'marketer', 'viewer'] as const)
    expect(JSON.stringify(seen(role))).not.toContain('sealed.');
  expect(seen('owner').input).toMatchObject({ secretValue: maskedSecret, url: step.input.url });
});

test('what a template filled in is hidden from those who only look, in whichever field', () => {
  const { input, output } = seen('viewer');
  expect(input).toMatchObject({ url: maskedPersonal, body: maskedPersonal, headers: 'X-Kind: lead' });
  expect(output).toMatchObject({ status: 200 });
  expect(JSON.stringify([input, output])).not.toContain('ann@example.com');
});

test('of an action that cannot be found any more, those who only look see nothing', () => {
  const gone = [undefined, action('hook', 'chou_forgotten', written)];
  for (const node of gone) {
    const asked = { role: 'viewer', node, findAction: find } as const;
    expect(maskStep(step, asked)).toEqual({ input: maskedPersonal, output: maskedPersonal });
    expect(maskStep({ input: null, output: null }, asked)).toEqual({ input: null, output: null });
  }
});

test('what a template of an earlier version filled in is hidden, though the node says something else now', () => {
  const node = action('hook', 'chou_http_request', { ...written, url: 'https://api.example.com/people' });
  const { input } = maskStep(step, { node, role: 'viewer', findAction: find });
  expect(input).toMatchObject({ method: 'POST', url: maskedPersonal, secretValue: maskedSecret });
});

test('what a rule saw of the person is hidden from those who only look, what it saw of the job is not', () => {
  const rules = ['contact.email', 'steps.hook.answer.id', 'job.total'].map((field) => ({
    field,
    actual: 'x',
  }));
  const asked = { input: null, output: { rules } };
  const ofViewer = maskStep(asked, { node: condition('c'), role: 'viewer', findAction: find });
  expect(ofViewer.output).toMatchObject({
    rules: [{ actual: maskedPersonal }, { actual: maskedPersonal }, { actual: 'x' }],
  });
  expect(maskStep(asked, { node: condition('c'), role: 'marketer', findAction: find })).toEqual(asked);
});
