import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildFrontend } from '#backend/buildFrontend.ts';
import { signInLink } from '#backend/embedded/seedDemo.ts';
import { allScopes } from '#integrations/crm/servicetitan/sandbox/scopes.ts';
import { findFlaws, keepScreenshot, openBrowser } from '#test/helpers/browser.ts';
import { serveTestStack, startTestStack, type TestStack } from '#test/helpers/testStack.ts';

let stack: TestStack;
let server: { url: string; close(): Promise<void> };
let browser: Browser;
let page: Page;

beforeAll(async () => {
  await buildFrontend();
  [stack, browser] = await Promise.all([startTestStack(), openBrowser()]);
  server = await serveTestStack(stack);
  const context = await browser.newContext({ viewport: { width: 375, height: 812 }, colorScheme: 'dark' });
  page = await context.newPage();
  await page.goto(await signInLink(stack.context, stack.embedded));
  await page.waitForURL('**/customers/board');
});

afterAll(async () => {
  await browser.close();
  await server.close();
  await stack.close();
});

it('is checked with the keyboard alone, and names what is not granted and what that switches off', async () => {
  const { socal } = stack.connections;
  const scopes = allScopes.filter((scope) => !scope.startsWith('tn.mar.suppressions'));
  await fetch(`${stack.sandbox.url}/_sandbox/tenants/${socal.tenantId}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'SOCAL', scopes }),
  });
  await page.goto(`${server.url}/integrations/connections/${socal.id}`);
  const section = page.getByRole('region', { name: 'Connection check' });
  await section.getByRole('button', { name: 'Check connection' }).focus();
  await page.keyboard.press('Enter');
  const row = section.getByRole('row').filter({ hasText: 'mar.suppressions' });
  await row.getByText('Missing').first().waitFor();
  await section.getByRole('row').filter({ hasText: 'jpm.jobs' }).getByText('Granted').first().waitFor();
  expect(await findFlaws(page)).toEqual([]);
  await section.scrollIntoViewIfNeeded();
  await keepScreenshot(page, 'connection-check-375');
  await page.setViewportSize({ width: 1440, height: 1400 });
  expect(await findFlaws(page)).toEqual([]);
  await keepScreenshot(page, 'connection-check');
});

it('is told of changes by webhooks once a key is generated, which is shown once and can be copied', async () => {
  const { dfw } = stack.connections;
  await page.setViewportSize({ width: 375, height: 812 });
  await page.goto(`${server.url}/integrations/connections/${dfw.id}`);
  const section = page.getByRole('region', { name: 'Webhooks' });
  const address = `${server.url}/api/webhooks/servicetitan/${dfw.id}`;
  expect(await section.getByRole('textbox', { name: 'Address' }).inputValue()).toBe(address);
  await fetch(address, { method: 'POST', body: '{}' });
  await section.getByText(/No key is set/).waitFor();
  await section.getByRole('button', { name: 'Generate key' }).focus();
  await page.keyboard.press('Enter');
  const key = section.getByRole('textbox', { name: 'New signing key' });
  await key.waitFor();
  expect(await key.inputValue()).toMatch(/^[\da-f]{48}$/);
  await section.getByText(/refused: No signing key is set/).waitFor();
  await section.getByRole('button', { name: 'Copy new signing key' }).waitFor();
  expect(await findFlaws(page)).toEqual([]);
  await section.scrollIntoViewIfNeeded();
  await keepScreenshot(page, 'webhooks-375');
  await page.setViewportSize({ width: 1440, height: 1800 });
  expect(await findFlaws(page)).toEqual([]);
  await keepScreenshot(page, 'webhooks');
  await page.reload();
  await section.getByText('A key is set. It is not shown again.').waitFor();
  expect(await key.count()).toBe(0);
});

it('that failed again and again says until when it rests, and why', async () => {
  const { dfw } = stack.connections;
  await stack.embedded.database.sql(
    `insert into public.connection_circuits (connection_id, workspace_id, state, failures, openings, next_try_at, reason)
     values ('${dfw.id}', '${stack.identity.workspaceId}', 'open', 5, 1, now() + interval '1 hour',
       'ServiceTitan did not answer within 60 seconds.')`,
  );
  await page.setViewportSize({ width: 375, height: 812 });
  await page.goto(`${server.url}/integrations`);
  await page
    .getByText(/^Paused until/)
    .first()
    .waitFor();
  await page
    .getByText(/did not answer within 60 seconds/)
    .first()
    .waitFor();
  expect(await findFlaws(page)).toEqual([]);
  await keepScreenshot(page, 'integrations-paused-375');
});
