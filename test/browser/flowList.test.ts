import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectSound } from '#test/helpers/expectSound.ts';
import { openFlowDesk, patient, waitSaved, type FlowDesk } from '#test/helpers/flowDesk.ts';

let flowDesk: FlowDesk;
let page: Page;
const lines = (): Locator => page.getByRole('list', { name: 'Steps of the flow' }).getByRole('button');

beforeAll(async () => {
  flowDesk = await openFlowDesk(4);
  ({ page } = flowDesk);
});

afterAll(() => flowDesk.close());

const hasFocus = (target: Locator): Promise<boolean> =>
  target.evaluate((element) => element === document.activeElement);

/** Goes on by Tab until the focus is there: nothing here is ever clicked. */
async function tabTo(target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  // The dots of radio buttons are drawn by their labels.
  await target.waitFor({ state: 'attached' });
  for (let stops = 0; stops < 150; stops += 1) {
    if (await hasFocus(target)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`Tab does not come to ${target.toString()}.`);
}

/** The line of the list that begins so; waits until it has the focus by itself. */
async function expectFocusOn(words: string): Promise<void> {
  const line = lines().filter({ hasText: words });
  await expect.poll(() => hasFocus(line), patient).toBe(true);
}

/** Adds a step after the focused line. */
async function addStep(name: string): Promise<void> {
  await page.keyboard.press('a');
  await page.getByRole('textbox', { name: 'Search the steps', exact: true }).waitFor();
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
}

/** The flow's steps, as its lines begin. */
async function titles(): Promise<string[]> {
  const shown = await lines().locator('strong').allTextContents();
  return shown.map((title) => title.trim());
}

it('a flow is begun and its steps are added in the list by keyboard alone', async () => {
  await page.goto(`${flowDesk.url}/flows`);
  await tabTo(page.getByRole('button', { name: 'New flow' }));
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Name' }).waitFor();
  await page.keyboard.type('Hello by keyboard');
  await page.keyboard.press('Enter');
  await tabTo(page.getByRole('radio', { name: 'Canvas' }));
  await page.keyboard.press('ArrowRight');
  await tabTo(lines().filter({ hasText: '1. Trigger' }));

  await addStep('send an e-mail');
  await expectFocusOn('2. Send an e-mail');
  await addStep('condition');
  await expectFocusOn('3. Condition');
  await page.keyboard.press('ArrowUp');
  await expectFocusOn('2. Send an e-mail');
  await addStep('wait');
  await expectFocusOn('3. Wait');
  expect(await titles()).toEqual(['1. Trigger', '2. Send an e-mail', '3. Wait', '4. Condition']);
});

it('steps are moved, removed and brought back, and the focus stays with the list', async () => {
  await page.keyboard.press('Alt+ArrowUp');
  await expectFocusOn('2. Wait');
  expect(await titles()).toEqual(['1. Trigger', '2. Wait', '3. Send an e-mail', '4. Condition']);
  await page.keyboard.press('Control+z');
  await expectFocusOn('3. Wait');
  await page.keyboard.press('End');
  await expectFocusOn('4. Condition');
  await page.keyboard.press('Delete');
  await expectFocusOn('3. Wait');
  expect(await titles()).toEqual(['1. Trigger', '2. Send an e-mail', '3. Wait']);
  await page.keyboard.press('Control+z');
  await expect.poll(titles, patient).toHaveLength(4);
  await page.keyboard.press('Control+Shift+Z');
  await expect.poll(titles, patient).toHaveLength(3);
});

it('the settings are filled in, and the flow is published and runs', async () => {
  await tabTo(lines().filter({ hasText: '3. Wait' }));
  await page.keyboard.press('ArrowUp');
  await expectFocusOn('2. Send an e-mail');
  await page.keyboard.press('Enter');
  const settings = page.getByRole('complementary', { name: 'Settings of Send an e-mail' });
  await tabTo(settings.getByRole('textbox', { name: 'Subject' }));
  await page.keyboard.type('Hello from the list');
  await tabTo(settings.getByRole('textbox', { name: 'Text', exact: true }));
  await page.keyboard.type('We call you soon.');
  await page.keyboard.press('Control+s');
  await waitSaved(page);
  await tabTo(lines().filter({ hasText: 'Hello from the list' }), 'Shift+Tab');
  await expectSound(page, 'flow-list', lines().first());

  const publish = page.getByRole('button', { name: 'Publish', exact: true });
  await tabTo(publish, 'Shift+Tab');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Publish version 1?' });
  await expect.poll(() => hasFocus(dialog.getByRole('textbox', { name: 'Note' })), patient).toBe(true);
  await page.keyboard.type('Made without a mouse');
  await tabTo(dialog.getByRole('button', { name: 'Publish version 1' }));
  await page.keyboard.press('Enter');
  await page.getByText('Live', { exact: true }).waitFor();

  await flowDesk.stack.advance('PT1H');
  await flowDesk.stack.sandbox.story({ tenant: 'DFW', event: 'lead_received' });
  await flowDesk.stack.work();
  const subjects = (await flowDesk.stack.mails()).map(({ subject }) => subject);
  expect(subjects).toContain('Hello from the list');
  expect(flowDesk.complaints).toEqual([]);
});
