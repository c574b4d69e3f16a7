import { readFile, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signInLink } from '#backend/embedded/seedDemo.ts';
import { expectSound } from '#test/helpers/expectSound.ts';
import {
  openFlow,
  openFlowDesk,
  patient,
  publish,
  stepOf,
  stepsOf,
  waitSaved,
  type FlowDesk,
} from '#test/helpers/flowDesk.ts';
import { condition, graphOf, mail, triggerOn, wait } from '#test/unit/flow/graphs.ts';

let flowDesk: FlowDesk;
let page: Page;

beforeAll(async () => {
  flowDesk = await openFlowDesk(4);
  ({ page } = flowDesk);
});

afterAll(() => flowDesk.close());

const version = (number: number): Locator =>
  page
    .getByRole('list', { name: 'Versions' })
    .getByRole('listitem')
    .filter({ has: page.getByText(`Version ${number}`, { exact: true }) });

async function openPublishing(number: number): Promise<Locator> {
  await waitSaved(page);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: `Publish version ${number}?` });
  await dialog.getByText(/(person is|people are) in the flow now/).waitFor();
  return dialog;
}

async function showPanel(name: 'Versions' | 'Test' | 'Overview'): Promise<void> {
  await page.getByRole('radiogroup', { name: 'About the flow' }).getByText(name, { exact: true }).click();
}

it('people in flight stay on their version', async () => {
  await flowDesk.stack.sandbox.story({ tenant: 'DFW', event: 'lead_received' });
  await flowDesk.stack.work();
  await openFlow(page, flowDesk.url, 'Email Followup');
  await stepOf(page, 'Send an e-mail: Send "Questions').click();
  await page.getByRole('textbox', { name: 'Subject' }).fill('Anything unclear?');
  const dialog = await openPublishing(2);
  expect(await dialog.getByRole('radio', { name: 'They stay on the version' }).isChecked()).toBe(true);
  expect(await dialog.getByRole('table').count()).toBe(0);
  await publish(page, 2, 'Another subject');
  await showPanel('Versions');
  await version(2).getByText('Published', { exact: true }).waitFor();
  await version(1).getByText('1 person on it now').waitFor();
  expect(await version(2).getByText('on it now').count()).toBe(0);
});

it('people in flight are moved to the new version, after it is said where they would go on', async () => {
  await showPanel('Overview');
  const waiting = stepsOf(page).filter({ hasText: 'waiting here' });
  await waiting.click();
  await page.getByRole('button', { name: 'Remove this step' }).click();
  const dialog = await openPublishing(3);
  await dialog.getByRole('radio', { name: 'They go on in version 3' }).check();
  const landing = dialog.getByRole('row').nth(1);
  expect(await landing.getByRole('cell').allTextContents()).toEqual([
    '1',
    'Wait 2 days',
    'Send "Shall we find a time, [first name]?"',
  ]);
  await expectSound(page, 'flow-publish', dialog.getByRole('table'));
  await publish(page, 3, 'One wait less');
  await showPanel('Versions');
  await version(3).getByText('1 person on it now').waitFor();
  await expect.poll(() => page.getByText('on it now').count(), patient).toBe(1);
  await flowDesk.stack.advance('P5D');
  const subjects = (await flowDesk.stack.mails()).map(({ subject }) => subject);
  expect(subjects).toContain('Anything unclear?');
  expect(subjects).not.toContain('Questions before you book?');
});

it('an earlier version is compared with the draft, and restored', async () => {
  await showPanel('Overview');
  await stepOf(page, 'Send an e-mail: Send "Anything').click();
  await page.getByRole('textbox', { name: 'Subject' }).fill('Is anything unclear?');
  await waitSaved(page);
  await page.getByRole('button', { name: 'Close the settings' }).click();
  await showPanel('Versions');
  await page.getByRole('button', { name: 'Compare version 1 with the draft' }).click();
  await page.getByText('Since then: 1 step removed, 1 step changed.').waitFor();
  await stepsOf(page).filter({ hasText: 'Removed' }).getByText('Wait 2 days').waitFor();
  await stepsOf(page).filter({ hasText: 'Changed' }).getByText('Is anything unclear?').waitFor();
  await page.getByText('What is different, step by step').click();
  await page.getByText('Subject: “Questions before you book?” → “Is anything unclear?”').waitFor();
  await expectSound(page, 'flow-compare', page.getByText('Since then:'));
  await page.getByRole('button', { name: 'Restore version 1' }).click();
  await stepOf(page, 'Send an e-mail: Send "Questions').waitFor();
  expect(await stepOf(page, 'Send an e-mail: Send "Is anything').count()).toBe(0);
  await page.getByText('What the draft was is kept as a checkpoint.').waitFor();
  await page.getByRole('list', { name: 'Checkpoints' }).getByText('Before something was restored').waitFor();
  // What makes no difference promises nothing.
  await page.getByRole('button', { name: 'Compare version 1 with the draft' }).click();
  await page.getByText('Since then: Nothing changed.').waitFor();
  await page.getByRole('button', { name: 'Restore version 1' }).click();
  await page.getByText('The draft was the same already').waitFor();
});

it('those who stood there before are enrolled, after it is said how many they are', async () => {
  const { stack } = flowDesk;
  await openFlow(page, flowDesk.url, 'Email Followup');
  const flowId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const active = async () =>
    (await stack.context.flows.get(stack.identity.workspaceId, flowId)).flow.activeRuns;
  const before = await active();
  await page.getByRole('button', { name: 'More for this flow' }).click();
  await page.getByRole('menuitem', { name: 'Enrol customers now…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Enrol customers now?' });
  const take = dialog.getByRole('button', { name: /^Enrol \d+ customers?$/ });
  const count = Number(/\d+/.exec(await take.innerText())?.[0]);
  await expectSound(page, 'flow-enrol', take);
  await take.click();
  await page.getByText(/being enrolled\.$/).waitFor();
  await stack.work();
  expect(await active()).toBe(before + count);
});

/** A flow that asks, a week after its start, whether an estimate was sold; saved as a draft. */
async function addFlowThatAsks(): Promise<string> {
  const { stack } = flowDesk;
  const { workspaceId } = stack.identity;
  const { flow, draftRevision } = await stack.context.flows.create(workspaceId, 'Sold or not');
  const graph = graphOf(
    [
      triggerOn({ on: 'manual' }),
      wait('first', 3),
      mail('questions', { subject: 'Any questions?' }),
      wait('second', 4),
      condition('sold', { field: 'estimate.soldTotal', operator: 'greater', value: 0 }),
      mail('thanks', { subject: 'Thank you' }),
      mail('open', { subject: 'Still open' }),
    ],
    'trigger > first',
    'first > questions',
    'questions > second',
    'second > sold',
    'sold yes> thanks',
    'sold no> open',
  );
  const nodes = graph.nodes.map((node, at) => ({
    ...node,
    position: { x: node.id === 'open' ? 320 : 0, y: Math.min(at, 5) * 160 },
  }));
  await stack.context.flows.saveDraft(workspaceId, flow.id, { graph: { ...graph, nodes }, draftRevision });
  return flow.id;
}

/** Somebody who was visited and has an estimate that is open. */
async function somebodyWithEstimate(): Promise<string> {
  const { sandbox, work } = flowDesk.stack;
  const { customerId, customerName } = await sandbox.story({ tenant: 'DFW', event: 'sales_booked' });
  await sandbox.story({ tenant: 'DFW', event: 'estimate_created', customerId });
  await work();
  return customerName;
}

it('a flow is tried for a customer whose estimate is sold on day 5: what would be sent, and the ways not taken', async () => {
  const name = await somebodyWithEstimate();
  const sent = (await flowDesk.stack.mails()).length;
  await page.goto(`${flowDesk.url}/flows/${await addFlowThatAsks()}`);
  await stepOf(page, 'Trigger').waitFor();
  await showPanel('Test');
  await page.getByRole('combobox', { name: 'Customer' }).fill(name);
  await page
    .getByRole('option', { name: `${name} · Estimates created` })
    .first()
    .click();
  await page.getByText('Time travel', { exact: true }).click();
  const story = page.getByRole('list', { name: 'What would happen' }).getByRole('listitem');
  // As things are, the estimate stays open.
  await story.getByRole('button', { name: 'Still open', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Add an event' }).click();
  expect(await page.getByRole('combobox', { name: 'Event 1: what happens' }).inputValue()).toBe(
    'Estimate is sold',
  );
  expect(await page.getByRole('textbox', { name: 'Event 1: on day' }).inputValue()).toBe('Day 5');

  await story.getByRole('button', { name: 'Thank you', exact: true }).waitFor();
  await story.filter({ hasText: 'Day 5' }).getByText('The estimate is sold').waitFor();
  const days = async (words: string) => (await story.filter({ hasText: words }).innerText()).split(' ·')[0];
  expect(await days('Send "Any questions?"')).toBe('Day 3');
  expect(await days('Send "Thank you"')).toBe('Day 7');
  await story.getByText('Way taken: Yes').waitFor();
  await story.getByText('Not taken: No (to Send "Still open")').waitFor();
  expect(await story.getByRole('button', { name: 'Still open', exact: true }).count()).toBe(0);
  await stepOf(page, 'Send an e-mail: Send "Still open"').getByText('Not taken').waitFor();
  await expectSound(page, 'flow-time-travel', story.filter({ hasText: 'Thank you' }));

  await story.getByRole('button', { name: 'Thank you', exact: true }).click();
  const preview = page.getByRole('dialog', { name: 'Thank you' });
  await preview.frameLocator('iframe').getByText('Hello!').waitFor();
  await page.keyboard.press('Escape');
  expect((await flowDesk.stack.mails()).length).toBe(sent);
});

it('an exported flow is imported where what it names is missing, and takes what is there instead', async () => {
  const { socal, dfw } = flowDesk.stack.connections;
  await openFlow(page, flowDesk.url, 'Email Followup');
  await stepOf(page, 'Trigger').click();
  await page.getByRole('combobox', { name: 'Tenants' }).click();
  await page.getByRole('option', { name: socal.name }).click();
  await page.keyboard.press('Escape');
  await stepOf(page, `Trigger: When a customer of ${socal.name}`).waitFor();
  await page.getByRole('button', { name: 'More for this flow' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Export as a file' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('Email Followup.flow.json');
  // As it would come from another workspace, where the tenant is another one.
  const file = join(flowDesk.stack.dataDir, 'elsewhere.flow.json');
  const exported = await readFile(await download.path(), 'utf8');
  expect(exported).toContain(socal.id);
  const elsewhere = exported.replaceAll(socal.id, randomUUID()).replaceAll(`"${socal.name}"`, '"Houston"');
  await writeFile(file, elsewhere);

  await page.goto(`${flowDesk.url}/flows`);
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Import a flow' });
  await page.locator('input[type=file]').setInputFiles(file);
  await dialog.getByText('1 thing of the flow is not here').waitFor();
  const missing = dialog.getByRole('combobox', { name: 'Houston (connections)' });
  await missing.click();
  await page.getByRole('option', { name: dfw.name }).click();
  await expectSound(page, 'flow-import', missing);
  await dialog.getByRole('button', { name: 'Import as a draft' }).click();
  await stepOf(page, `Trigger: When a customer of ${dfw.name} enters "Lead"`).waitFor();
  await page.getByText('Draft', { exact: true }).waitFor();
});

it('a flow of the gallery is looked at, and taken over as a draft', async () => {
  await page.goto(`${flowDesk.url}/flows/gallery`);
  const card = page
    .getByRole('article')
    .filter({ hasText: /Would enrol/ })
    .first();
  await expectSound(page, 'flow-gallery', card);
  await card.getByRole('button', { name: /^Look at/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog
    .getByText(/Day \d+: /)
    .first()
    .waitFor();
  await stepsOf(dialog).first().waitFor();
  const count = await stepsOf(dialog).count();
  await dialog.getByRole('button', { name: 'Use it as a draft' }).click();
  await page.getByText('Draft', { exact: true }).waitFor();
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(() => stepsOf(page).count(), patient).toBe(count);
  expect(flowDesk.complaints).toEqual([]);
});

/** All that could change something, by its name. */
const changing =
  /Publish|Undo|Redo|Tidy|note|Add|Insert|Remove|Duplicate|Restore|Discard|Archive|Pause|Use|Import|New flow|Preview for/;

async function controls(within: Page | Locator): Promise<string[]> {
  const buttons = await within.getByRole('button').all();
  return Promise.all(
    buttons.map(async (button) => (await button.getAttribute('aria-label')) ?? button.innerText()),
  );
}

it('a viewer looks at flows, their settings and their versions, and finds nothing that would be refused', async () => {
  await flowDesk.stack.embedded.database.sql(`update public.workspace_members set role = 'viewer'`);
  await page.goto(await signInLink(flowDesk.stack.context, flowDesk.stack.embedded));
  await page.waitForURL('**/customers/board');
  await page.goto(`${flowDesk.url}/flows`);
  await page.getByRole('link', { name: 'Schedule the Install', exact: true }).waitFor();
  await expectSound(page, 'viewer-flows', page.getByRole('heading', { level: 1 }));
  expect((await controls(page.getByRole('main'))).filter((name) => changing.test(name))).toEqual([]);
  await page.getByRole('link', { name: 'Schedule the Install', exact: true }).click();
  await stepOf(page, 'Send an e-mail').first().click();
  const settings = page.getByRole('complementary', { name: 'Settings of Send an e-mail' });
  expect(await settings.getByRole('textbox', { name: 'Subject' }).isDisabled()).toBe(true);
  await expectSound(page, 'viewer-flow', settings);
  expect((await controls(page.getByRole('main'))).filter((name) => changing.test(name))).toEqual([]);
  await settings.getByRole('button', { name: 'Close the settings' }).click();
  expect(await page.getByRole('radiogroup', { name: 'About the flow' }).getByRole('radio').count()).toBe(3);
  await page.getByRole('radiogroup', { name: 'About the flow' }).getByText('Rules').click();
  await page.getByRole('status', { name: 'For example' }).waitFor();
  await expectSound(page, 'viewer-flow-rules', page.getByRole('status', { name: 'For example' }));
  expect((await controls(page.getByRole('main'))).filter((name) => changing.test(name))).toEqual([]);
  await showPanel('Versions');
  await page.getByRole('button', { name: 'Compare version 1 with the draft' }).click();
  await page.getByText('Since then:').waitFor();
  expect(await page.getByRole('button', { name: /^Restore/ }).count()).toBe(0);
  await page.getByRole('button', { name: 'Back to the draft' }).click();
  await page.getByRole('radiogroup', { name: 'How the flow is shown' }).getByText('List').click();
  await page.getByRole('list', { name: 'Steps of the flow' }).waitFor();
  await expectSound(page, 'viewer-flow-list', page.getByRole('list', { name: 'Steps of the flow' }));
  await page.getByRole('button', { name: 'More for this flow' }).click();
  await expect
    .poll(() => page.getByRole('menuitem').allInnerTexts(), patient)
    .toEqual(['Why did somebody get it, or not?', 'Export as a file']);
  await page.goto(`${flowDesk.url}/flows/gallery`);
  await page
    .getByRole('article')
    .first()
    .getByRole('button', { name: /^Look at/ })
    .click();
  await stepsOf(page.getByRole('dialog')).first().waitFor();
  await expectSound(page, 'viewer-gallery', page.getByRole('dialog'));
  expect((await controls(page.getByRole('dialog'))).filter((name) => changing.test(name))).toEqual([]);
  expect(flowDesk.complaints).toEqual([]);
});
