/* oxlint-disable no-console -- What is printed there is what this is about. */
import { expect, it } from 'vitest';

it('what the embedded database refuses is printed without the values', async () => {
  const printed: unknown[][] = [];
  console.error = (...parts: unknown[]) => void printed.push(parts);
  // Loaded now: it keeps the console that it finds.
  const { openTestDatabase } = await import('#test/helpers/testDatabase.ts');
  const { database, close } = await openTestDatabase();
  const member = {
    workspace_id: crypto.randomUUID(),
    user_id: crypto.randomUUID(),
    email: 'fiona@example.com',
    role: 'emperor of Fictionia',
    created_at: '2026-01-01T00:00:00Z',
  };
  const { error } = await database.from('workspace_members').insert(member);
  expect(error).not.toBeNull();
  const { error: unparsed } = await database.rpc('list_flows', { p_workspace: 'fiona@example.com' });
  expect(unparsed).not.toBeNull();
  expect(printed.length).toBeGreaterThan(0);
  expect(JSON.stringify(printed)).not.toMatch(/fiona|Fictionia/i);
  console.error('outside', 'a request');
  expect(printed.at(-1)).toEqual(['outside', 'a request']);
  await close();
});
