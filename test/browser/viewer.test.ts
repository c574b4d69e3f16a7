import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { buildFrontend } from '#backend/buildFrontend.ts';
import { signInLink } from '#backend/embedded/seedDemo.ts';
import { openBrowser } from '#test/helpers/browser.ts';
import { expectSound } from '#test/helpers/expectSound.ts';
import { serveTestStack, startTestStack, type TestStack } from '#test/helpers/testStack.ts';

const wide = { width: 1440, height: 1100 };
const answer = z.looseObject({ data: z.array(z.looseObject({ id: z.unknown() })) });

let stack: TestStack;
let server: { url: string; close(): Promise<void> };
let browser: Browser;
let page: Page;
/** What was asked of the server and refused. */
const refused: string[] = [];

/** SOCAL's oldest job comes with a time that is none. */
function alter(path: string, body: unknown): unknown {
  if (!/\/410387862\/(export\/)?jobs\?/.test(path)) return body;
  const parsed = answer.parse(body);
  for (const job of parsed.data) if (job.id === 20_001) job['createdOn'] = 'never';
  return parsed;
}

beforeAll(async () => {
  await buildFrontend();
  [stack, browser] = await Promise.all([startTestStack({ customers: 12, alter }), openBrowser()]);
  await stack.sandbox.story({ tenant: 'SOCAL', event: 'sales_booked' });
  await stack.work();
  // One type of jobs that nothing classifies, and a change that could be undone.
  await stack.embedded.database.sql(
    `delete from public.job_classifications where connection_id = '${stack.connections.socal.id}' and kind = 'other'`,
  );
  await changeLimit();
  server = await serveTestStack(stack);
  await stack.embedded.database.sql(`update public.workspace_members set role = 'viewer'`);
  page = await (await browser.newContext({ viewport: wide })).newPage();
  page.on('response', (response) => {
    if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(await signInLink(stack.context, stack.embedded));
  await page.waitForURL('**/customers/board');
});

afterAll(async () => {
  await browser.close();
  await server.close();
  await stack.close();
});

async function changeLimit(): Promise<void> {
  const scope = { workspaceId: stack.identity.workspaceId, connectionId: stack.connections.socal.id };
  const { stateSettings } = stack.context;
  const changes = { otherEstimateMinimum: 999.5 };
  await stateSettings.previewConnection(
    scope.workspaceId,
    scope.connectionId,
    { changes },
    'owner@demo.example',
  );
  await stateSettings.idle();
  const { preview } = await stateSettings.preview(scope);
  const request = { previewId: preview?.id ?? '', startFlows: false, note: '' };
  await stateSettings.apply(scope, request, 'owner@demo.example');
  await stack.work();
}

/** All that can be pressed or filled in on the screen, by its name. */
async function controlsOf(screen: Locator): Promise<string[]> {
  const names = await screen.locator('button, input, textarea').evaluateAll((elements) =>
    elements
      .filter((element) => !element.matches('[readonly], [type="hidden"]'))
      .map((element) => element.getAttribute('aria-label') ?? element.textContent)
      .map((name) => name.replace(/\d+/, 'n')),
  );
  return [...new Set(names)].toSorted();
}

it('a viewer sees how a connection is read and what was set aside, and nothing to press that would be refused', async () => {
  await page.goto(`${server.url}/integrations/connections/${stack.connections.socal.id}`);
  const screen = page.getByRole('main');
  const resources = screen.getByRole('region', { name: 'Resources' });
  await resources.getByRole('button', { name: '1 record set aside…' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Jobs that were set aside' });
  await dialog.getByText('createdOn: expected an ISO 8601 time').waitFor();
  await dialog.getByText('An administrator can try it again here.').waitFor();
  expect(await controlsOf(dialog)).toEqual(['Close']);
  await expectSound(page, 'viewer-set-aside', dialog);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  const settings = screen.getByRole('region', { name: 'What jobs mean' });
  await settings.getByText('Smallest estimate on other jobs: $1,000 → $999.50').waitFor();
  expect(await controlsOf(screen)).toEqual([
    'Business units',
    'Cancel reasons',
    'Job types',
    'Limits',
    'Search job types',
    'Show all n',
    'Tags',
    'n record set aside…',
  ]);
  await expectSound(page, 'viewer-connection', screen.getByRole('heading', { level: 1 }));
});

it('a viewer reads what jobs mean, and changes none of it', async () => {
  const settings = page.getByRole('region', { name: 'What jobs mean' });
  const types = settings.getByRole('list', { name: 'job types' });
  await types
    .getByRole('listitem')
    .filter({ hasText: 'HVAC Sales Estimate' })
    .getByText('Sales visit')
    .waitFor();
  await settings
    .getByRole('region', { name: /types? of jobs to review/ })
    .getByText('Not classified')
    .first()
    .waitFor();
  await settings.getByRole('tab', { name: 'Cancel reasons' }).click();
  await settings.getByText('The job never was one').first().waitFor();
  await expectSound(page, 'viewer-reasons', settings.getByRole('tablist'));
  await settings.getByRole('tab', { name: 'Limits' }).click();
  const least = settings.getByRole('textbox', { name: 'Smallest estimate on other jobs' });
  expect(await least.inputValue()).toBe('$999.5');
  expect(await least.isEditable()).toBe(false);
  expect(await settings.getByLabel('Live from').isEditable()).toBe(false);
  await expectSound(page, 'viewer-rules', settings.getByRole('tablist'));

  await page.goto(`${server.url}/settings`);
  const screen = page.getByRole('main');
  await screen.getByRole('textbox', { name: 'Sender’s address' }).waitFor();
  await screen.getByRole('textbox', { name: 'Days in Install complete' }).waitFor();
  expect(await controlsOf(screen)).toEqual([]);
  await expectSound(page, 'viewer-settings', screen.getByRole('heading', { level: 1 }));
});

it('a viewer learns why a customer is in a state, and which read brought the record that says so', async () => {
  const filter = { workspaceId: stack.identity.workspaceId, connectionId: null, search: null };
  const { columns } = await stack.context.customers.board(filter);
  const booked = columns.find(({ state }) => state === 2)?.cards[0];
  await page.goto(`${server.url}/customers/${booked?.contactId ?? ''}`);
  const journey = page.getByRole('article').first();
  await journey.getByRole('button', { name: 'Why this state?' }).press('Enter');
  await journey.getByText(/, page 1 of a sync \((what changed|export feed)\)/).waitFor();
  await expectSound(page, 'viewer-why', journey);
  expect(refused).toEqual([]);
});
