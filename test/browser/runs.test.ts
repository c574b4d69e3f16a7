import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildFrontend } from '#backend/buildFrontend.ts';
import { signInLink } from '#backend/embedded/seedDemo.ts';
import type { JourneyCard } from '#backend/schemas/api.ts';
import { openBrowser } from '#test/helpers/browser.ts';
import { expectSound } from '#test/helpers/expectSound.ts';
import { serveTestStack, startTestStack, type TestStack } from '#test/helpers/testStack.ts';
import { action, condition, end, graphOf, triggerOn, wait } from '#test/unit/flow/graphs.ts';

let stack: TestStack;
let server: { url: string; close(): Promise<void> };
let browser: Browser;
let page: Page;
let flowId: string;
let people: (JourneyCard & { contactId: string })[];
const flowName = 'A note for the office';
/** What the browser complained about. */
const complaints: string[] = [];

beforeAll(async () => {
  await buildFrontend();
  [stack, browser] = await Promise.all([startTestStack({ customers: 20 }), openBrowser()]);
  await stack.work();
  flowId = await addFlow();
  people = await findPeople();
  server = await serveTestStack(stack);
  const desk = await browser.newContext({
    viewport: { width: 1440, height: 1000 },
    reducedMotion: 'reduce',
  });
  desk.on('weberror', (error) => complaints.push(error.error().message));
  page = await desk.newPage();
  await page.goto(await signInLink(stack.context, stack.embedded));
  await page.waitForURL('**/customers/board');
});

afterAll(async () => {
  await browser.close();
  await server.close();
  await stack.close();
});

/** A flow that is started by hand and writes a note on customers that have an address. */
async function addFlow(): Promise<string> {
  const { workspaceId } = stack.identity;
  const { flows, flowTools } = stack.context;
  const { flow, draftRevision } = await flows.create(workspaceId, flowName, 'owner@demo.example');
  const graph = graphOf(
    [
      triggerOn({ on: 'manual' }),
      condition('has', { field: 'contact.name', operator: 'exists' }),
      action('note', 'servicetitan_add_note', { text: 'Call them back.', pinToTop: true }),
      wait('pause', 2),
      end('none'),
    ],
    'trigger > has',
    'has yes> note',
    'has no> none',
    'note > pause',
  );
  const places = [0, 1, 2, 3, 2];
  const nodes = graph.nodes.map((node, at) => ({
    ...node,
    position: { x: node.id === 'none' ? 320 : 0, y: (places[at] ?? 0) * 160 },
  }));
  await flows.saveDraft(workspaceId, flow.id, { graph: { ...graph, nodes }, draftRevision });
  await flowTools.history.publish(
    { workspaceId, flowId: flow.id, actor: 'owner@demo.example' },
    { note: '', inFlight: 'stay' },
  );
  return flow.id;
}

/** Customers of different names. */
async function findPeople(): Promise<typeof people> {
  const filter = { workspaceId: stack.identity.workspaceId, connectionId: null, search: null };
  const { columns } = await stack.context.customers.board(filter);
  // Who is in no state may have nothing that a flow could start for.
  const found = columns
    .flatMap(({ state, cards }) => (state === 0 ? [] : cards))
    .flatMap((card) =>
      card.contactId && card.servicetitanCustomerId !== null ? [{ ...card, contactId: card.contactId }] : [],
    );
  return [...new Map(found.map((card) => [card.customerName, card])).values()];
}

function person(at: number): (typeof people)[number] {
  const found = people[at];
  if (!found) throw new Error('There are too few customers.');
  return found;
}

function refuseNotes(): void {
  stack.sandbox.addFaults({ kind: 'status', status: 400, method: 'POST', path: '.*/notes' });
}

/** Starts the flow for somebody, and answers the run's id. */
async function start(at: number): Promise<string> {
  const { runId } = await stack.context.flowStarts.startByHand({
    workspaceId: stack.identity.workspaceId,
    flowId,
    journeyId: person(at).id,
    requestId: randomUUID(),
    actor: 'owner@demo.example',
  });
  return runId ?? '';
}

async function confirm(title: string | RegExp, button: string | RegExp): Promise<void> {
  const dialog = page.getByRole('dialog', { name: title });
  await dialog.getByRole('button', { name: button }).click();
  await dialog.waitFor({ state: 'detached' });
}

it('a flow is started for a customer by hand; its action fails, and an alert appears by itself', async () => {
  await page.goto(`${server.url}/customers/${person(0).contactId}`);
  const flows = page.getByRole('region', { name: 'Flows' });
  await flows.getByRole('button', { name: 'Start a flow' }).click();
  await page.getByRole('dialog').getByText('It starts at once').waitFor();
  await confirm('Start a flow', 'Start it');
  await flows.getByRole('link', { name: flowName }).waitFor();

  refuseNotes();
  await stack.work();
  await flows.getByText('Needs attention').waitFor();
  await page.getByRole('button', { name: '1 alert' }).click();
  const drawer = page.getByRole('dialog', { name: 'What needs attention' });
  await drawer.getByText(person(0).customerName).waitFor();
  await expectSound(page, 'alerts', drawer);
  await drawer.getByRole('link', { name: 'See to it' }).click();
  await page.getByRole('heading', { name: `${flowName}: ${person(0).customerName}` }).waitFor();
});

it('a run shows its way, what each step was asked and given, and the error with what can be done', async () => {
  await page.getByText('This run needs attention').waitFor();
  const steps = page.getByRole('region', { name: 'Steps' });
  const asked = steps.getByRole('listitem').filter({ hasText: 'If Customer: Name is known' }).first();
  await asked
    .getByRole('list', { name: 'What was asked' })
    .getByText(`it was ${person(0).customerName}`)
    .waitFor();
  const note = steps.getByRole('listitem').filter({ hasText: 'Add note' });
  await note.getByText('ServiceTitan did not accept the request').waitFor();
  await expectSound(page, 'run-parked', note);

  const way = page.getByRole('region', { name: 'The way through the flow' });
  await way.getByText('Failed').waitFor();
  await way.getByText('Not taken').waitFor();
});

it('the step is tried again at the error, once what it failed for is mended', async () => {
  stack.sandbox.clearFaults();
  const note = page
    .getByRole('region', { name: 'Steps' })
    .getByRole('listitem')
    .filter({ hasText: 'Add note' });
  await note.getByRole('button', { name: 'Try the step again' }).click();
  await page.getByRole('radio', { name: 'From the step that failed: Add note' }).waitFor();
  await expectSound(page, 'run-retry', page.getByRole('dialog', { name: 'Try again' }));
  await confirm('Try again', 'Try the step again');
  await stack.work();
  await note.getByText('Done', { exact: true }).waitFor();
  await note.getByRole('button', { name: 'What it answered' }).click();
  await note.getByText('Written by this try').waitFor();
  await note.getByRole('button', { name: 'What it was given' }).click();
  await note.getByText('Call them back.').first().waitFor();
  await expectSound(page, 'run-active', note);
  await page.getByRole('button', { name: 'No alerts' }).waitFor();
  await page.getByText('This run needs attention').waitFor({ state: 'detached' });
});

it('a step is skipped, and a run is stopped', async () => {
  refuseNotes();
  const [skipped, stopped] = [await start(1), await start(2)];
  await stack.work();
  await page.goto(`${server.url}/runs/${skipped}`);
  const steps = page.getByRole('region', { name: 'Steps' });
  await steps.getByRole('button', { name: 'Skip the step' }).click();
  await confirm('Skip “Add note”', 'Skip the step');
  await steps.getByText('Skipped', { exact: true }).waitFor();
  await steps.getByRole('listitem').filter({ hasText: 'Wait' }).waitFor();

  await page.goto(`${server.url}/runs/${stopped}`);
  await page.getByRole('button', { name: 'Stop the run' }).click();
  await confirm(`Stop “${flowName}”`, 'Stop it');
  await page.getByText('Why it ended: Somebody canceled it.').waitFor();
  expect(await page.getByRole('button', { name: 'Stop the run' }).count()).toBe(0);
});

it('many runs are listed by what they have in common, and tried again together after it was said how many', async () => {
  await start(3);
  await start(4);
  await stack.work();
  await page.goto(`${server.url}/flows`);
  await page
    .getByRole('row', { name: new RegExp(flowName) })
    .getByRole('link', { name: '2', exact: true })
    .last()
    .click();
  const runs = page.getByRole('region', { name: 'Runs' });
  await runs.getByRole('link', { name: person(3).customerName, exact: true }).waitFor();
  expect(new URL(page.url()).searchParams.get('status')).toBe('parked');
  await runs.getByRole('link', { name: `All with the error of ${person(3).customerName}` }).click();
  await page.getByText('Only with this reason').waitFor();
  await page.reload();
  await page.getByText('Only with this reason').waitFor();
  await expectSound(page, 'runs', runs);
  await page.getByRole('button', { name: 'Show all reasons' }).click();
  await page.getByText('Only with this reason').waitFor({ state: 'detached' });
  await page.getByRole('combobox', { name: 'Error' }).click();
  const errors = page.getByRole('listbox', { name: 'Error' });
  await errors.getByRole('option', { name: /^ServiceTitan did not accept .* \(2\)$/ }).waitFor();
  await expectSound(page, 'runs-errors', errors);
  await errors.getByRole('option', { name: /\(2\)$/ }).click();
  await page.getByText('Only with this reason').waitFor();

  stack.sandbox.clearFaults();
  await page.getByRole('button', { name: 'Act on all of these…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Act on all of these runs' });
  await dialog.getByText('2 runs would be tried again.').waitFor();
  await dialog.getByRole('radio', { name: 'Stop them for good' }).check();
  await dialog.getByText('2 runs would be ended for good.').waitFor();
  await dialog.getByRole('radio', { name: 'Begin again from the start' }).check();
  await expectSound(page, 'runs-bulk', dialog);
  await dialog.getByRole('button', { name: 'Try 2 runs again' }).click();
  await page.getByText('2 runs go on.').waitFor();
  await page.getByRole('heading', { name: 'No run matches' }).waitFor();
  await stack.work();
});

it('says why somebody got a flow, and why somebody did not', async () => {
  await page.goto(`${server.url}/flows/${flowId}/runs?why=${person(0).contactId}`);
  const dialog = page.getByRole('dialog', { name: /Why did somebody get/ });
  await dialog.getByText('Somebody started it by hand').waitFor();
  await dialog.getByPlaceholder(person(0).customerName).waitFor();
  await dialog.getByRole('combobox', { name: 'Customer' }).click();
  await page.getByRole('option').first().waitFor();
  await expectSound(page, 'why-choose', dialog);
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'What became of each step' }).click();
  await dialog.getByText(`it was ${person(0).customerName}`).waitFor();
  await expectSound(page, 'why-flow', dialog);

  await page.goto(`${server.url}/customers/${person(5).contactId}`);
  const flows = page.getByRole('region', { name: 'Flows' });
  await flows.getByRole('combobox', { name: /Why did this customer/ }).click();
  const option = page.getByRole('option', { name: flowName });
  await option.waitFor();
  await expectSound(page, 'why-flows', flows);
  await option.click();
  await flows.getByText('Nobody has started it for this person.').waitFor();
  await expectSound(page, 'why-customer', flows);
});

it('says of a message why it went out', async () => {
  const { customerName } = await stack.sandbox.story({ tenant: 'DFW', event: 'lead_received' });
  const thanks = async () => {
    await stack.work();
    const mails = await stack.mails();
    return mails.filter(({ subject }) => subject.startsWith('Thanks for reaching out')).length;
  };
  await expect.poll(thanks, { timeout: 20_000 }).toBe(1);
  await page.goto(`${server.url}/messages?${new URLSearchParams({ search: customerName }).toString()}`);
  await page.getByRole('region', { name: 'Messages' }).getByRole('button').first().click();
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('button', { name: 'Why did it go out, or not?' }).click();
  await drawer.getByText(/^It was sent on/).waitFor();
  await drawer.getByText('Entered "Lead"').waitFor();
  await expectSound(page, 'why-message', drawer);
});

it('a viewer sees all of it, and nothing to press that would be refused', async () => {
  refuseNotes();
  const runId = await start(6);
  await stack.work();
  await stack.embedded.database.sql(`update public.workspace_members set role = 'viewer'`);
  await page.context().clearCookies();
  await page.goto(await signInLink(stack.context, stack.embedded));
  await page.waitForURL('**/customers/board');
  await page.goto(`${server.url}/runs/${runId}`);
  await page.getByText('This run needs attention').waitFor();
  for (const name of ['Try the step again', 'From the start', 'Skip the step', 'Stop the run'])
    expect(await page.getByRole('button', { name }).count()).toBe(0);
  await page.getByRole('button', { name: '1 alert' }).click();
  await page.getByRole('link', { name: 'See to it' }).waitFor();
  expect(await page.getByRole('button', { name: /Close the alert about/ }).count()).toBe(0);
  const [done] = (
    await stack.context.runs.list(stack.identity.workspaceId, { contactId: person(0).contactId })
  ).runs;
  await page.goto(`${server.url}/runs/${done?.id ?? ''}`);
  const steps = page.getByRole('region', { name: 'Steps' });
  await steps.getByRole('button', { name: 'What it was given' }).click();
  await steps.getByText('Hidden: only members who may edit see it').first().waitFor();
  await steps.getByText('it was •••').waitFor();
  await expectSound(page, 'run-viewer', steps);
  await page.goto(`${server.url}/runs`);
  await page.getByRole('region', { name: 'Runs' }).waitFor();
  expect(await page.getByRole('button', { name: 'Act on all of these…' }).count()).toBe(0);
  await expectSound(page, 'runs-viewer', page.getByRole('heading', { level: 1 }));
  expect(complaints).toEqual([]);
});
