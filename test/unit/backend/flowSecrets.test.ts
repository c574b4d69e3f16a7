import { expect, test } from 'vitest';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import { defaultSettings } from '#backend/schemas/flowSettings.ts';
import { CredentialCipher } from '#backend/services/CredentialCipher.ts';
import { FlowSecrets } from '#backend/services/FlowSecrets.ts';
import { findAction } from '#integrations/registry.ts';

const cipher = new CredentialCipher(Buffer.alloc(32, 7).toString('base64'));
const secrets = new FlowSecrets({ cipher, findAction: (id) => findAction(id)?.action });
const url = 'https://api.example.com/hook';

function graphWith(input: Record<string, unknown>): DraftGraph {
  const data = { actionId: 'chou_http_request', input };
  return {
    nodes: [
      { id: 'trigger', type: 'trigger', position: { x: 0, y: 0 }, data: { on: 'manual' } },
      { id: 'hook', type: 'action', position: { x: 0, y: 0 }, data },
    ],
    edges: [],
    notes: [],
    settings: defaultSettings,
  };
}

function inputOf(graph: DraftGraph): Record<string, unknown> {
  const { input } = graph.nodes[1]?.data ?? {};
  return typeof input === 'object' && input !== null ? { ...input } : {};
}

function sealedText(input: Record<string, unknown> = { url, secretValue: 'Bearer abc-123' }): string {
  return String(inputOf(secrets.seal('workspace-1', graphWith(input)))['secretValue']);
}

test('a secret is encrypted before it is stored, and opens for its workspace and host', () => {
  const graph = secrets.seal(
    'workspace-1',
    graphWith({ url, body: 'name: x', secretValue: 'Bearer abc-123' }),
  );
  expect(JSON.stringify(graph)).not.toContain('abc-123');
  expect(inputOf(graph)).toMatchObject({ url, body: 'name: x' });
  expect(secrets.open('workspace-1', sealedText(), url)).toBe('Bearer abc-123');
  expect(secrets.open('workspace-1', sealedText(), 'https://api.example.com/other?x=1')).toBe(
    'Bearer abc-123',
  );
});

test('what is sealed already stays as it is, and so does what is empty', () => {
  const once = secrets.seal('workspace-1', graphWith({ url, secretValue: 'Bearer abc-123' }));
  expect(secrets.seal('workspace-1', once)).toEqual(once);
  expect(inputOf(secrets.seal('workspace-1', graphWith({ url, secretValue: '' })))).toEqual({
    url,
    secretValue: '',
  });
  const other = graphWith({ url });
  expect(secrets.seal('workspace-1', other)).toEqual(other);
});

test.each([
  ['another workspace', 'workspace-2', url],
  ['another host', 'workspace-1', 'https://evil.example.com/hook'],
  ['another port', 'workspace-1', 'https://api.example.com:8443/hook'],
  ['a connection that anybody can read', 'workspace-1', 'http://api.example.com/hook'],
])('a secret does not open for %s', (_, workspaceId, address) => {
  expect(() => secrets.open(workspaceId, sealedText(), address)).toThrow('Enter it again');
});

test('a secret for an address whose host a template tells opens for none', () => {
  const text = sealedText({ url: 'https://{{ workspace.website }}/hook', secretValue: 'abc' });
  expect(() => secrets.open('workspace-1', text, url)).toThrow('Enter it again');
});

test('a secret whose address leads to another host by now is to be entered again before the flow is published', () => {
  const moved = { url: 'https://new.example.com/hook', secretValue: sealedText() };
  expect(secrets.problems('workspace-1', graphWith(moved))).toEqual([
    expect.objectContaining({ nodeId: 'hook', field: 'input.secretValue', severity: 'error' }),
  ]);
  const early = sealedText({ url: '', secretValue: 'abc' });
  expect(secrets.problems('workspace-1', graphWith({ url: '', secretValue: early }))).toHaveLength(1);
  expect(secrets.problems('workspace-1', graphWith({ url, secretValue: sealedText() }))).toEqual([]);
  expect(secrets.problems('workspace-1', graphWith({ url }))).toEqual([]);
});

test.each(['Bearer abc', 'sealed.0123456789ab.AAAA', ''])('%s is no sealed secret', (text) => {
  expect(() => secrets.open('workspace-1', text, url)).toThrow('Enter it again');
});
