import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { buildFrontend } from '#backend/buildFrontend.ts';
import { signInLink } from '#backend/embedded/seedDemo.ts';
import { findFlaws, keepScreenshot, openBrowser } from '#test/helpers/browser.ts';
import { expectSound } from '#test/helpers/expectSound.ts';
import { serveTestStack, startTestStack, type TestStack } from '#test/helpers/testStack.ts';

const narrow = { width: 375, height: 812 };
const wide = { width: 1440, height: 1100 };
const answer = z.looseObject({ data: z.array(z.looseObject({ id: z.unknown() })) });

let stack: TestStack;
let server: { url: string; close(): Promise<void> };
let browser: Browser;
let page: Page;
let resources: Locator;
/** Whether SOCAL's oldest job comes with a time that is none. */
let isSpoilt = true;
/** What the feed of customers waits for. */
let gate = Promise.resolve();
let onGate: () => void = () => undefined;

async function alter(path: string, body: unknown): Promise<unknown> {
  if (path.includes('/export/customers?')) {
    onGate();
    await gate;
  }
  if (!isSpoilt || !/\/410387862\/(export\/)?jobs\?/.test(path)) return body;
  const parsed = answer.parse(body);
  for (const job of parsed.data) if (job.id === 20_001) job['createdOn'] = 'never';
  return parsed;
}

beforeAll(async () => {
  await buildFrontend();
  [stack, browser] = await Promise.all([startTestStack({ customers: 8, alter }), openBrowser()]);
  await stack.work();
  server = await serveTestStack(stack);
  const context = await browser.newContext({ viewport: wide, reducedMotion: 'reduce' });
  page = await context.newPage();
  await page.goto(await signInLink(stack.context, stack.embedded));
  await page.waitForURL('**/customers/board');
  await page.goto(`${server.url}/integrations/connections/${stack.connections.socal.id}`);
  resources = page.getByRole('region', { name: 'Resources' });
});

afterAll(async () => {
  await browser.close();
  await server.close();
  await stack.close();
});

function rowOf(resource: string): Locator {
  return resources.getByRole('row').filter({ has: page.getByRole('cell', { name: resource, exact: true }) });
}

async function recordsOf(resource: string): Promise<number> {
  return Number(await rowOf(resource).getByRole('cell').nth(1).innerText());
}

/** Chooses what to do with a resource, by keyboard alone. */
async function choose(resource: string, action: string): Promise<void> {
  await rowOf(resource).getByRole('button').last().press('Enter');
  const item = page.getByRole('menuitem', { name: action });
  await item.waitFor();
  // The focus comes into the menu a moment after it is shown.
  await expect
    .poll(async () => {
      await page.keyboard.press('ArrowDown');
      return item.evaluate((element) => element === document.activeElement);
    })
    .toBe(true);
  await page.keyboard.press('Enter');
}

async function expectFocus(on: Locator): Promise<void> {
  await expect.poll(() => on.evaluate((element) => element === document.activeElement)).toBe(true);
}

/** Asks for the whole tenant once more; the dialog says what that comes to. */
async function askToReadAll(): Promise<Locator> {
  await resources.getByRole('button', { name: 'Read all again…' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Read all of SOCAL again' });
  await dialog.getByText(/^(At least )?\d+ records to read, less than a minute$/).waitFor();
  return dialog;
}

it('shows of each resource how fresh and how healthy it is, and when it is read next', async () => {
  const customers = rowOf('Customers');
  await customers.getByText('Up to date').waitFor();
  expect(await customers.innerText()).toMatch(/\b8\b[\s\S]*just now[\s\S]*every 5 minutes, next in \d min/);
  expect(await resources.getByRole('row').count()).toBe(16);
  await rowOf('Jobs').getByRole('button', { name: '1 record set aside…' }).waitFor();
  await expectSound(page, 'syncs', resources);
});

it('says why a record was set aside, and reads it once it is as it should be', async () => {
  await rowOf('Jobs').getByRole('button', { name: '1 record set aside…' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Jobs that were set aside' });
  await dialog.getByText('createdOn: expected an ISO 8601 time').waitFor();
  await page.setViewportSize(narrow);
  expect(await findFlaws(page)).toEqual([]);
  await keepScreenshot(page, 'syncs-set-aside-375');
  await page.setViewportSize(wide);
  const retry = dialog.getByRole('button', { name: 'Try record 20001 again' });
  // While it is being tried the button takes no key.
  const ready = dialog.locator('button[aria-label="Try record 20001 again"][aria-disabled="false"]');
  await retry.press('Enter');
  await page.getByText('It still cannot be read.').waitFor();
  isSpoilt = false;
  await ready.waitFor();
  await retry.press('Enter');
  await page.getByText('Record 20001 could be read this time.').waitFor();
  await dialog.getByText('Nothing is set aside any more.').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await rowOf('Jobs').getByText('set aside').count()).toBe(0);
});

it('pauses a resource, says what that holds up, and reads on once it is resumed', async () => {
  const leads = rowOf('Leads');
  const read = () => recordsOf('Leads');
  const before = await read();
  await choose('Leads', 'Pause');
  await leads.getByText('by owner@demo.example').waitFor();
  await expectFocus(leads.getByRole('button', { name: 'Actions for Leads' }));
  await leads.getByText('Until it is resumed, states are told without it.').waitFor();
  await keepScreenshot(page, 'syncs-paused');
  await stack.sandbox.story({ tenant: 'SOCAL', event: 'lead_received' });
  await stack.advance('PT6M');
  expect(await read()).toBe(before);
  await choose('Leads', 'Resume');
  await leads.getByText('Up to date').waitFor();
  await choose('Leads', 'Read now');
  await expect.poll(read, { timeout: 10_000 }).toBe(before + 1);
  await page
    .getByRole('region', { name: 'Syncs' })
    .getByRole('row')
    .filter({ hasText: 'asked for by hand' })
    .filter({ hasText: 'Leads' })
    .first()
    .waitFor();
});

it('reads a resource as often as an administrator says', async () => {
  await choose('Estimates', 'Change how often…');
  const dialog = page.getByRole('dialog', { name: 'How often estimates are looked at' });
  await dialog.getByRole('combobox', { name: 'Look for changes' }).click();
  await page.getByRole('option', { name: 'every 15 minutes' }).click();
  await dialog.getByRole('button', { name: 'Save' }).press('Enter');
  await rowOf('Estimates').getByText('every 15 minutes').waitFor();
  await expectFocus(rowOf('Estimates').getByRole('button', { name: 'Actions for Estimates' }));
});

it('reads a tenant anew after counting what that comes to, and shows how far it has come', async () => {
  // What was said before goes by itself: on its way out it is too faint to read.
  await page.getByText('It still cannot be read.').waitFor({ state: 'detached' });
  const customers = await recordsOf('Customers');
  const dialog = await askToReadAll();
  await dialog
    .getByRole('listitem')
    .filter({ hasText: `Customers ${customers}` })
    .waitFor();
  await page.setViewportSize(narrow);
  expect(await findFlaws(page)).toEqual([]);
  await keepScreenshot(page, 'syncs-read-anew-375');
  await page.setViewportSize(wide);
  const { promise, resolve } = Promise.withResolvers<void>();
  gate = promise;
  await dialog.getByRole('button', { name: 'Read again' }).press('Enter');
  const progress = page.getByRole('region', { name: 'History' });
  await progress.getByText(`Customers: 0 of about ${customers}`).waitFor();
  await progress.getByText(/Still to come: Customer contacts/).waitFor();
  await expectSound(page, 'syncs-history', progress);
  resolve();
  await stack.worker.requests.idle();
  await progress.waitFor({ state: 'detached' });
  await rowOf('Customers').getByText('Up to date').waitFor();
});

it('stops a read that is under way, says that the history is not complete, and goes on when it is told to', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  gate = promise;
  const isHeldUp = new Promise<void>((held) => {
    onGate = held;
  });
  const dialog = await askToReadAll();
  await dialog.getByRole('button', { name: 'Read again' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await expectFocus(resources.getByRole('button', { name: 'Read all again…' }));
  const customers = rowOf('Customers');
  const before = await recordsOf('Customers');
  // The list is read before the feed, and for a moment nothing is.
  await isHeldUp;
  await customers.getByText('Reading').waitFor();
  await choose('Customers', 'Stop this read');
  await page.getByText('Customers are read no further than the page that is under way.').waitFor();
  resolve();
  await stack.worker.requests.idle();
  await customers.getByText('History incomplete').waitFor();
  const history = page.getByRole('region', { name: 'History' });
  await history.getByText('The tenant’s history is not complete').waitFor();
  await page.getByText(/read no further/).waitFor({ state: 'detached' });
  await expectSound(page, 'syncs-stopped', history);

  await choose('Customers', 'Read now');
  await customers.getByText('Up to date').waitFor();
  await history.waitFor({ state: 'detached' });
  expect(await recordsOf('Customers')).toBe(before);
});
