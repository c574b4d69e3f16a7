import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { actionSource } from '#integrations/ActionSource.ts';
import { sayAction } from '#test/helpers/fakeActions/sayAction.ts';
import { FakeIntegration } from '#test/helpers/FakeIntegration.ts';
import { expectSound } from '#test/helpers/expectSound.ts';
import {
  openFlow,
  openFlowDesk,
  patient,
  publish,
  stepOf,
  stepsOf,
  waitSaved,
  waysOf,
  type FlowDesk,
} from '#test/helpers/flowDesk.ts';

let flowDesk: FlowDesk;
let page: Page;
const fake = new FakeIntegration([sayAction]);
const canvas = (): Locator => page.getByRole('application', { name: 'The flow as a graph' });
const ofPalette = (name: string): Locator =>
  page.getByRole('complementary', { name: 'Steps to add' }).getByRole('button', { name, exact: true });

beforeAll(async () => {
  flowDesk = await openFlowDesk(4, [actionSource(fake, () => fake.service)]);
  ({ page } = flowDesk);
});

afterAll(() => flowDesk.close());

async function createFlow(name: string): Promise<void> {
  await page.goto(`${flowDesk.url}/flows`);
  await page.getByRole('button', { name: 'New flow' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('button', { name: 'Create flow' }).click();
  await stepOf(page, 'Trigger').waitFor();
}

/** Lets a step of the palette go on the canvas, above or below where the trigger is. */
async function dropBelowTrigger(name: string, distance: number): Promise<void> {
  const [trigger, whole] = await Promise.all([stepOf(page, 'Trigger').boundingBox(), canvas().boundingBox()]);
  if (!trigger || !whole) throw new Error('The canvas is not to be seen.');
  const targetPosition = { x: trigger.x - whole.x, y: trigger.y - whole.y + distance };
  await ofPalette(name).dragTo(canvas(), { targetPosition });
}

it('a flow is built from nothing by drag and drop, published, and runs', async () => {
  await createFlow('Hello to leads');
  await stepOf(page, 'Trigger').click();
  // Entering "Contact" starts nothing, so it cannot be chosen.
  const states = page.getByRole('group', { name: 'States' });
  expect(await states.getByRole('checkbox').count()).toBe(8);
  expect(await states.getByRole('checkbox', { name: 'Contact' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Close the settings' }).click();

  await dropBelowTrigger('Wait', 300);
  const wait = stepOf(page, 'Wait');
  await wait.waitFor();
  expect(await waysOf(page)).toEqual([]);
  await stepOf(page, 'Trigger')
    .getByTitle('Drag to the step that comes next')
    .dragTo(wait.locator('.react-flow__handle-top'));
  await expect.poll(() => waysOf(page), patient).toEqual(['From Trigger to Wait']);

  // What is dropped on a connection goes into it.
  await ofPalette('Send an e-mail').dragTo(page.getByRole('button', { name: 'Insert a step here' }));
  await expect
    .poll(() => waysOf(page), patient)
    .toEqual(['From Send an e-mail to Wait', 'From Trigger to Send an e-mail']);

  const settings = page.getByRole('complementary', { name: 'Settings of Send an e-mail' });
  await waitSaved(page);
  await page.getByRole('button', { name: 'Publish', exact: true }).hover();
  expect(await page.getByRole('button', { name: 'Publish', exact: true }).isDisabled()).toBe(true);
  await settings.getByRole('textbox', { name: 'Subject' }).fill('Hello ');
  await settings.getByRole('button', { name: 'Insert a value into Subject' }).click();
  await page.getByRole('button', { name: /First name/ }).click();
  await settings.getByRole('textbox', { name: 'Text' }).fill('We call you soon.');
  await stepOf(page, 'Send an e-mail: Send "Hello').waitFor();
  // As it would reach a customer that there is.
  await settings.getByRole('button', { name: 'Preview for a customer' }).click();
  await settings.getByRole('combobox', { name: 'As it reaches' }).click();
  const someone = page.getByRole('option').first();
  const [firstName = ''] = (await someone.innerText()).split(' ');
  await someone.click();
  await settings.getByText(`Hello ${firstName}`, { exact: true }).waitFor();
  await settings.frameLocator('iframe').getByText('We call you soon.').waitFor();
  await waitSaved(page);
  // Where there is no room for the canvas, the flow is a list.
  await expectSound(page, 'flow-builder', page.getByRole('textbox', { name: 'Name of the flow' }));

  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await publish(page, 1, 'The first one');
  await page.getByText('Live', { exact: true }).waitFor();
  await flowDesk.stack.advance('PT1H');
  const { customerName } = await flowDesk.stack.sandbox.story({ tenant: 'DFW', event: 'lead_received' });
  await flowDesk.stack.work();
  const subjects = (await flowDesk.stack.mails()).map(({ subject }) => subject);
  expect(subjects).toContain(`Hello ${customerName.split(' ')[0]}`);
  await stepOf(page, 'Send an e-mail').getByText('1 passed').waitFor();
  await stepOf(page, 'Wait').getByText('waiting here').waitFor();
});

it('an action of another integration is offered with its form, published and done, though no screen knows it', async () => {
  await createFlow('Said by somebody else');
  await page.getByRole('searchbox', { name: 'Search the steps to add' }).fill('some words');
  const group = page.getByRole('region', { name: 'Fake product' });
  await group.getByRole('button', { name: 'Say something' }).click();
  await expect.poll(() => waysOf(page), patient).toEqual(['From Trigger to Say something']);
  const settings = page.getByRole('complementary', { name: 'Settings of Say something' });
  await settings.getByText('Says some words.').waitFor();
  const times = settings.getByRole('textbox', { name: 'How often' });
  expect(await times.getAttribute('placeholder')).toBe('1');
  await settings.getByText('times', { exact: true }).waitFor();
  await settings.getByRole('combobox', { name: 'Tag' }).waitFor();
  await waitSaved(page);
  expect(await page.getByRole('button', { name: 'Publish', exact: true }).isDisabled()).toBe(true);
  await settings.getByRole('textbox', { name: 'Words', exact: true }).fill('Good day');
  await times.fill('2');
  await waitSaved(page);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await publish(page, 1, 'Somebody else speaks');
  await page.getByText('Live', { exact: true }).waitFor();
  await flowDesk.stack.advance('PT1H');
  await flowDesk.stack.sandbox.story({ tenant: 'DFW', event: 'lead_received' });
  await flowDesk.stack.work();
  expect(fake.service.said).toContain('Good day Good day');
  await openFlow(page, flowDesk.url, 'Hello to leads');
});

it('every edit is undone and done again, and a text field keeps its own undo', async () => {
  const before = await waysOf(page);
  await ofPalette('Split').click();
  await expect.poll(() => stepsOf(page).count(), patient).toBe(4);
  await stepOf(page, 'Split').press('Delete');
  await expect.poll(() => stepsOf(page).count(), patient).toBe(3);
  await stepOf(page, 'Wait').click();
  await page.keyboard.press('Control+e');
  await stepOf(page, 'Wait').getByText('Off', { exact: true }).waitFor();

  for (const count of [3, 4, 3]) {
    await page.keyboard.press('Control+z');
    await expect.poll(() => stepsOf(page).count(), patient).toBe(count);
  }
  expect(await stepOf(page, 'Wait').getByText('Off', { exact: true }).count()).toBe(0);
  expect(await waysOf(page)).toEqual(before);
  for (const count of [4, 3, 3]) {
    await page.keyboard.press('Control+Shift+Z');
    await expect.poll(() => stepsOf(page).count(), patient).toBe(count);
  }
  await stepOf(page, 'Wait').getByText('Off', { exact: true }).waitFor();

  const name = page.getByRole('textbox', { name: 'Name of the flow' });
  await name.press('End');
  await page.keyboard.type(' today');
  await page.keyboard.press('Control+z');
  expect(await name.inputValue()).not.toBe('Hello to leads today');
  await stepOf(page, 'Wait').getByText('Off', { exact: true }).waitFor();
  await waitSaved(page);
});

it('steps are copied to another flow in another tab, and its draft is discarded again', async () => {
  await stepOf(page, 'Send an e-mail').click();
  await stepOf(page, 'Wait').click({ modifiers: ['Shift'] });
  await page.getByText('2 things are selected.').waitFor();
  await page.keyboard.press('Control+c');

  const other = await flowDesk.desk.newPage();
  await openFlow(other, flowDesk.url, 'What to Expect');
  const count = await stepsOf(other).count();
  const ways = (await waysOf(other)).length;
  await other.keyboard.press('Control+v');
  await expect.poll(() => stepsOf(other).count(), patient).toBe(count + 2);
  expect((await waysOf(other)).length).toBe(ways + 1);
  await stepOf(other, 'Send an e-mail: Send "Hello').waitFor();
  await waitSaved(other);
  await other.reload();
  await stepOf(other, 'Send an e-mail: Send "Hello').waitFor();

  await other.getByRole('button', { name: 'More for this flow' }).click();
  await other.getByRole('menuitem', { name: 'Discard the draft' }).click();
  const dialog = other.getByRole('dialog', { name: 'Discard the draft?' });
  await dialog.getByRole('button', { name: 'Discard the draft' }).click();
  await expect.poll(() => stepsOf(other).count(), patient).toBe(count);
  await other.getByText('Versions', { exact: true }).click();
  await other
    .getByRole('list', { name: 'Checkpoints' })
    .getByText('Before the draft was discarded')
    .waitFor();
  await other.close();
  expect(flowDesk.complaints).toEqual([]);
});

it('a save whose answer is lost on its way is not taken for somebody else’s', async () => {
  await page.route('**/api/flows/*/draft', (route) => route.fetch().then(() => route.abort()), { times: 1 });
  await stepOf(page, 'Wait').click();
  await page.getByRole('textbox', { name: 'Name of the step' }).fill('A pause');
  await page.getByRole('button', { name: 'Try now' }).click();
  await waitSaved(page);
  await page.reload();
  await stepOf(page, 'A pause').waitFor();
  // It was tried again under the old number, and that was refused.
  expect(flowDesk.complaints).toEqual([expect.stringMatching(/^409 .*\/draft$/)]);
});
