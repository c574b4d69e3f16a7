import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildFrontend } from '#backend/buildFrontend.ts';
import { signInLink } from '#backend/embedded/seedDemo.ts';
import { findFlaws, keepScreenshot, openBrowser } from '#test/helpers/browser.ts';
import { serveTestStack, startTestStack, type TestStack } from '#test/helpers/testStack.ts';

let stack: TestStack;
let server: { url: string; close(): Promise<void> };
let browser: Browser;
let page: Page;

beforeAll(async () => {
  await buildFrontend();
  [stack, browser] = await Promise.all([startTestStack({ customers: 4 }), openBrowser()]);
  await stack.work();
  server = await serveTestStack(stack);
  page = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
  await page.goto(await signInLink(stack.context, stack.embedded));
  await page.waitForURL('**/customers/board');
});

afterAll(async () => {
  await browser.close();
  await server.close();
  await stack.close();
});

/** Opens a menu by keyboard, at both widths: nothing to object to in either theme; Escape leads back to its button. */
async function expectSoundMenu(
  name: string,
  button: Locator,
  { widths = [375, 1440], isDialog = false } = {},
): Promise<void> {
  const opened = page.getByRole('menu').or(page.getByRole('listbox'));
  const menu = isDialog ? page.getByRole('dialog') : opened;
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await button.scrollIntoViewIfNeeded();
    await button.press('Enter');
    await menu.waitFor();
    expect(await findFlaws(page)).toEqual([]);
    await keepScreenshot(page, `menu-${name}-${width}`);
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'detached' });
    await expect.poll(() => button.evaluate((element) => element === document.activeElement)).toBe(true);
  }
}

it('the menu of a resource, also while it is paused', async () => {
  await page.goto(`${server.url}/integrations/connections/${stack.connections.socal.id}`);
  const jobs = page.getByRole('button', { name: 'Actions for Jobs' });
  await jobs.waitFor();
  await expectSoundMenu('resource', jobs);
  await jobs.press('Enter');
  await page.getByRole('menuitem', { name: 'Pause' }).click();
  await page.getByText('Jobs are paused.').waitFor();
  await page.getByText('Jobs are paused.').waitFor({ state: 'detached' });
  await expectSoundMenu('resource-paused', jobs);
  await jobs.press('Enter');
  expect(await page.getByRole('menuitem').allInnerTexts()).toEqual(['Resume', 'Change how often…']);
  await page.getByRole('menuitem', { name: 'Resume' }).click();
});

it('the menu of the account', async () => {
  await page.goto(`${server.url}/customers`);
  await expectSoundMenu('account', page.getByRole('button', { name: 'Account' }));
});

it('the menu of steps that can be added to a flow', async () => {
  const { flow } = await stack.context.flows.create(stack.identity.workspaceId, 'A flow');
  await page.goto(`${server.url}/flows/${flow.id}`);
  // Where there is no room for the canvas, the flow is a list.
  const add = page.getByRole('button', { name: 'Add the next step' }).first();
  await expectSoundMenu('steps', add, { widths: [1440], isDialog: true });
});

it('the menus and dialogs of the flow builder', async () => {
  await page.getByRole('button', { name: 'Add the next step' }).first().press('Enter');
  await page.keyboard.type('send an e-mail');
  await page.keyboard.press('Enter');
  const settings = page.getByRole('complementary', { name: 'Settings of Send an e-mail' });
  const dialog = { isDialog: true };
  await expectSoundMenu(
    'values',
    settings.getByRole('button', { name: 'Insert a value into Subject' }),
    dialog,
  );
  await expectSoundMenu('flow', page.getByRole('button', { name: 'More for this flow' }));
  await expectSoundMenu('commands', page.getByRole('button', { name: 'Find a command' }), dialog);
  await expectSoundMenu('shortcuts', page.getByRole('button', { name: 'Keyboard shortcuts' }), dialog);
});

it('the choices of how often a resource is read', async () => {
  await page.goto(`${server.url}/integrations/connections/${stack.connections.socal.id}`);
  await page.getByRole('button', { name: 'Actions for Leads' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Change how often…' }).click();
  await expectSoundMenu('schedule', page.getByRole('combobox', { name: 'Look for changes' }));
});
