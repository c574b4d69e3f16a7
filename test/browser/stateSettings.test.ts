import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildFrontend } from '#backend/buildFrontend.ts';
import { signInLink } from '#backend/embedded/seedDemo.ts';
import { openBrowser } from '#test/helpers/browser.ts';
import { expectSound } from '#test/helpers/expectSound.ts';
import { serveTestStack, startTestStack, type TestStack } from '#test/helpers/testStack.ts';

let stack: TestStack;
let server: { url: string; close(): Promise<void> };
let browser: Browser;
let page: Page;
/** What the browser complained about. */
const complaints: string[] = [];

const wide = { width: 1440, height: 1400 };

beforeAll(async () => {
  await buildFrontend();
  [stack, browser] = await Promise.all([startTestStack({ customers: 20 }), openBrowser()]);
  await stack.work();
  for (const event of ['sales_booked', 'estimate_created', 'sales_booked'] as const)
    await stack.sandbox.story({ tenant: 'SOCAL', event });
  await stack.work();
  server = await serveTestStack(stack);
  const context = await browser.newContext({ viewport: wide, colorScheme: 'light' });
  context.on('weberror', (error) => complaints.push(error.error().message));
  page = await context.newPage();
  await page.goto(await signInLink(stack.context, stack.embedded));
  await page.waitForURL('**/customers/board');
});

afterAll(async () => {
  await browser.close();
  await server.close();
  await stack.close();
});

/** How many of the tenant stand in a column of the board. */
async function standing(state: number): Promise<number> {
  const { columns } = await stack.context.customers.board({
    workspaceId: stack.identity.workspaceId,
    connectionId: stack.connections.socal.id,
    search: null,
  });
  return columns.find((column) => column.state === state)?.count ?? 0;
}

it('what jobs mean is changed by keyboard after a preview, the board follows, and undoing takes it back', async () => {
  const { socal } = stack.connections;
  const booked = await standing(2);
  expect(booked).toBeGreaterThan(0);
  await page.goto(`${server.url}/integrations/connections/${socal.id}`);
  const section = page.getByRole('region', { name: 'What jobs mean' });
  for (const name of ['HVAC Sales Estimate', 'Plumbing Sales Consult']) {
    await section.getByRole('searchbox', { name: 'Search job types' }).fill(name);
    const choice = section.getByRole('radiogroup', { name: `What “${name}” means` });
    await choice.getByRole('radio', { name: 'Sales visit' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => choice.getByRole('radio', { name: 'Other' }).isChecked()).toBe(true);
  }
  await section.getByText('2 changes, not applied yet.').waitFor();

  // A reload loses nothing of what was drafted, nor of what is previewed.
  await page.reload();
  await section.getByText('2 changes, not applied yet.').waitFor();
  await section.getByRole('button', { name: 'Preview', exact: true }).press('Enter');
  const preview = section.getByRole('region', { name: 'Preview' });
  await preview.getByText(/journeys? would move/).waitFor();
  await page.reload();
  await preview.getByText(/journeys? would move/).waitFor();
  await preview.getByRole('link', { name: 'What to Expect' }).waitFor();
  await expectSound(page, 'settings-preview', preview.getByText('What this would do'));

  await preview.getByRole('textbox', { name: 'Note' }).fill('Sales moved to another system.');
  await preview.getByRole('button', { name: /^Apply, moving/ }).press('Enter');
  await section.getByText('“Sales moved to another system.”').waitFor();
  await stack.worker.requests.idle();
  expect(await standing(2)).toBe(0);
  await page.goto(`${server.url}/customers/board?connection=${socal.id}`);
  const column = page.getByRole('region', { name: 'Sales appointment booked', exact: true });
  await column.waitFor();
  expect(await column.getByRole('link').count()).toBe(0);

  await page.goto(`${server.url}/integrations/connections/${socal.id}`);
  await section.getByRole('button', { name: 'Undo…' }).press('Enter');
  await preview.getByText('What undoing this would do').waitFor();
  await preview.getByRole('button', { name: /^Undo, moving/ }).press('Enter');
  await section.getByText(/undone by owner@demo.example/).waitFor();
  await stack.worker.requests.idle();
  expect(await standing(2)).toBe(booked);
  await expectSound(page, 'settings-changes', section.getByText(/undone by/));
});

it('types of jobs that nothing classifies stand first, with examples that lead to the customers', async () => {
  const { socal } = stack.connections;
  await stack.embedded.database.sql(
    `delete from public.job_classifications where connection_id = '${socal.id}' and kind = 'other'`,
  );
  await page.goto(`${server.url}/integrations/connections/${socal.id}?meaning=rules`);
  const section = page.getByRole('region', { name: 'What jobs mean' });
  const review = section.getByRole('region', { name: /types? of jobs to review/ });
  await review.getByRole('radiogroup', { name: 'What “Maintenance Tune-Up” means' }).waitFor();
  expect(await review.getByRole('link').first().getAttribute('href')).toMatch(/^\/customers\/[0-9a-f-]{36}$/);
  const least = section.getByRole('textbox', { name: 'Smallest estimate on other jobs' });
  await least.press('ControlOrMeta+a');
  await page.keyboard.press('Backspace');
  expect(await least.inputValue()).toBe('');
  await page.keyboard.type('500.50');
  await section.getByLabel('Live from').focus();
  await page.keyboard.type('02012026');
  await section.getByText(/^Earlier: customers who move/).waitFor();
  await section.getByText('2 changes, not applied yet.').waitFor();
  await expectSound(page, 'settings-review', review.getByRole('heading'));
  await section.getByRole('button', { name: 'Discard' }).click();
  await section.getByText('No changes to preview.').waitFor();
  await section.getByRole('tab', { name: 'Cancel reasons' }).click();
  await section.getByRole('checkbox', { name: /“Duplicate”/ }).waitFor();
  await expectSound(page, 'settings-reasons', section.getByRole('tablist'));
});

it('the limits and the sender are in the settings of the workspace', async () => {
  await page.goto(`${server.url}/customers/board`);
  await page.getByRole('link', { name: 'Settings' }).first().click();
  const limits = page.getByRole('region', { name: 'Resets' });
  await limits.getByRole('textbox', { name: 'Days in any other state' }).fill('10');
  await limits.getByRole('button', { name: 'Preview', exact: true }).click();
  await limits.getByText(/would move/).waitFor();
  await expectSound(page, 'settings-workspace', limits.getByRole('heading').first());
  await limits.getByRole('button', { name: 'Close the preview' }).click();
  const sender = page.getByRole('region', { name: 'Sender' });
  await sender.getByRole('textbox', { name: 'Sender’s address' }).fill('nobody');
  await sender.getByRole('button', { name: 'Save' }).click();
  await sender.getByText('Enter the address that e-mails come from.').waitFor();
  await sender.getByRole('textbox', { name: 'Sender’s address' }).fill('office@demo.example');
  await sender.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The workspace is saved.').waitFor();
  expect(complaints).toEqual([]);
});
