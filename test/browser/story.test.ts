import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFrontend } from '#backend/buildFrontend.ts';
import { signInLink } from '#backend/embedded/seedDemo.ts';
import { keepScreenshot, openBrowser } from '#test/helpers/browser.ts';
import { serveTestStack, startTestStack, type TestStack } from '#test/helpers/testStack.ts';

let stack: TestStack;
let server: { url: string; close(): Promise<void> };
let browser: Browser;
let desk: BrowserContext;
let page: Page;
/** The journeys that the test began. */
const started = new Set<string>();
/** What the browser complained about. */
const complaints: string[] = [];

beforeAll(async () => {
  await buildFrontend();
  [stack, browser] = await Promise.all([startTestStack({ customers: 60 }), openBrowser()]);
  await stack.work();
  server = await serveTestStack(stack);
  desk = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  desk.on('weberror', (error) => complaints.push(error.error().message));
  page = await desk.newPage();
});

afterAll(async () => {
  await browser.close();
  await server.close();
  await stack.close();
});

async function open(path: string, on: Page = page): Promise<void> {
  await on.goto(`${server.url}${path}`);
}

describe('the story, from signing in to the e-mail in the mailbox', () => {
  it('opens the workspace by the one-time link', async () => {
    await page.goto(await signInLink(stack.context, stack.embedded));
    await page.getByRole('region', { name: 'Sales appointment booked' }).waitFor();
    await page.getByText('Demo Home Services').first().waitFor();
    await keepScreenshot(page, 'board');
  });

  it('moves the card without a reload when a lead comes in and a visit is booked', async () => {
    const panel = await desk.newPage();
    await open('/sandbox', panel);
    await panel.getByRole('button', { name: 'A lead comes in' }).click();
    await expect.poll(async () => (await stack.mails()).length, { timeout: 20_000 }).toBe(1);
    const [mail] = await stack.mails();
    const customer = await customerOf(mail?.to[0] ?? '');
    const lead = page
      .getByRole('region', { name: 'Lead', exact: true })
      .getByRole('link', { name: customer.name, exact: true });
    await lead.first().waitFor();
    await panel.getByRole('combobox', { name: 'Customer' }).fill(customer.name);
    await panel.getByRole('option', { name: `${customer.name} (${customer.servicetitanId})` }).click();
    await panel.getByRole('button', { name: 'Book a sales appointment' }).click();
    const booked = page
      .getByRole('region', { name: 'Sales appointment booked' })
      .locator(`a[href="/customers/${customer.contactId}"]`);
    await booked.waitFor();
    expect(page.url()).toBe(`${server.url}/customers/board`);
    await keepScreenshot(page, 'board-after-booking');
    await booked.click();
    await page.getByRole('heading', { name: customer.name, level: 1 }).waitFor();
    for (const text of ['Visit booked', 'What to Expect', 'Sales appointment booked']) {
      await page.getByText(text).first().waitFor();
    }
    const why = page.getByRole('button', { name: 'Why this state?' }).first();
    await why.focus();
    await page.keyboard.press('Enter');
    await page.getByText('A sales job is open, and no estimate waits for an answer.').waitFor();
    await page.getByRole('button', { name: 'Why did a flow start, or not?' }).first().click();
    await page.getByText(/It started on .* It is still under way\./).waitFor();
    expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([]);
    await keepScreenshot(page, 'customer');
    await panel.close();
  });

  it('shows the e-mail with the visit’s real date in the tenant’s zone', async () => {
    const card = (await board()).find(
      (candidate) =>
        candidate.state === 2 && candidate.appointmentStart !== null && started.has(candidate.id),
    );
    const zone = card?.timeZone ?? '';
    const date = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      weekday: 'long',
      month: 'long',
      day: 'numeric',
    }).format(new Date(card?.appointmentStart ?? ''));
    await open('/mailbox');
    await page.getByRole('button', { name: new RegExp(date) }).click();
    const text = page.frameLocator('iframe').getByText(date).first();
    await text.waitFor();
    await keepScreenshot(page, 'mailbox');
  });

  it('sends the follow-ups when the clock moves, and stops them when an estimate is booked in between', async () => {
    const lead = await stack.sandbox.story({ tenant: 'DFW', event: 'lead_received' });
    await stack.work();
    await open('/sandbox');
    await page.getByRole('button', { name: '+1 day' }).click();
    await page
      .getByText(/It is now/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: '+1 day' }).click();
    await expect.poll(async () => (await mailsOf(lead.customerName)).length, { timeout: 20_000 }).toBe(2);
    await stack.sandbox.story({ tenant: 'DFW', event: 'estimate_created', customerId: lead.customerId });
    await stack.work();
    const before = (await mailsOf(lead.customerName)).map((mail) => mail.subject);
    await page.getByRole('button', { name: '+7 days' }).click();
    await expect
      .poll(async () => (await mailsOf(lead.customerName)).length, { timeout: 20_000 })
      .toBeGreaterThan(before.length);
    const after = (await mailsOf(lead.customerName)).slice(before.length);
    expect(after.every((mail) => /estimate|decision/i.test(mail.subject))).toBe(true);
    await keepScreenshot(page, 'sandbox');
  });

  it('shows every screen, wide and narrow, light and dark, without a violation that axe finds', async () => {
    const state = await desk.storageState();
    const flow = (await stack.context.flows.list(stack.identity.workspaceId)).flows[0];
    const contact = (await board())[0]?.contactId ?? '';
    const screens = {
      'customers-board': '/customers/board',
      customers: '/customers',
      customer: `/customers/${contact}`,
      flows: '/flows',
      flow: `/flows/${flow?.id ?? ''}`,
      messages: '/messages',
      integrations: '/integrations',
      connection: `/integrations/connections/${stack.connections.socal.id}`,
      mailbox: '/mailbox',
      sandbox: '/sandbox',
    };
    const looks = [
      { name: 'wide', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
      { name: 'narrow', viewport: { width: 375, height: 780 }, colorScheme: 'dark' },
    ] as const;
    const violations: string[] = [];
    for (const { name: look, viewport, colorScheme } of looks) {
      const context = await browser.newContext({ storageState: state, viewport, colorScheme });
      const sheet = await context.newPage();
      for (const [name, path] of Object.entries(screens)) {
        await open(path, sheet);
        await sheet.getByRole('heading').first().waitFor();
        await sheet.locator('[aria-busy="true"]').waitFor({ state: 'detached' });
        await keepScreenshot(sheet, `${name}-${look}`);
        const result = await new AxeBuilder({ page: sheet }).analyze();
        violations.push(
          ...result.violations.map(
            ({ id, nodes }) => `${look} ${path} ${id}: ${nodes[0]?.target.join(' ') ?? ''}`,
          ),
        );
        const overflow = await sheet.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        if (overflow > 0) violations.push(`${look} ${path} is ${overflow} px too wide`);
      }
      await context.close();
    }
    expect(violations).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

async function board() {
  const filter = { workspaceId: stack.identity.workspaceId, connectionId: null, search: null };
  return (await stack.context.customers.board(filter)).columns.flatMap((column) => column.cards);
}

async function customerOf(
  email: string,
): Promise<{ name: string; contactId: string; servicetitanId: number }> {
  const [row] = await stack.embedded.database.sql<{
    journey: string;
    name: string;
    contact: string;
    customer: number;
  }>(
    `select s.id as journey, c.name, c.id as contact, c.source_id::int as customer
     from contacts c join customer_servicetitan_state s on s.contact_id = c.id where c.email = $1`,
    email,
  );
  if (!row) throw new Error(`Nobody has the address ${email}.`);
  started.add(row.journey);
  return { name: row.name, contactId: row.contact, servicetitanId: row.customer };
}

async function mailsOf(name: string) {
  const [row] = await stack.embedded.database.sql<{ email: string }>(
    `select email from contacts where name = $1 order by created_at desc`,
    name,
  );
  return (await stack.mails()).filter((mail) => mail.to.includes(row?.email ?? ''));
}
