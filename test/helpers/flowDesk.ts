import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { buildFrontend } from '#backend/buildFrontend.ts';
import { signInLink } from '#backend/embedded/seedDemo.ts';
import type { ActionSource } from '#integrations/ActionSource.ts';
import { openBrowser } from './browser.ts';
import { serveTestStack, startTestStack, type TestStack } from './testStack.ts';

/** How long a poll for what comes by itself waits, also on a busy machine. */
export const patient = { timeout: 10_000 } as const;

/** A signed-in browser on the whole product, for tests that build flows. */
export interface FlowDesk {
  stack: TestStack;
  url: string;
  /** What is copied in one of its tabs can be pasted in another. */
  desk: BrowserContext;
  page: Page;
  /** What the browser complained about, and what the server refused. */
  complaints: string[];
  close(): Promise<void>;
}

export async function openFlowDesk(
  customers: number,
  actions: readonly ActionSource[] = [],
): Promise<FlowDesk> {
  await buildFrontend();
  const [stack, browser] = await Promise.all([startTestStack({ customers, actions }), openBrowser()]);
  await stack.work();
  const server = await serveTestStack(stack);
  const complaints: string[] = [];
  const desk = await openDesk(browser, complaints);
  const page = await desk.newPage();
  await page.goto(await signInLink(stack.context, stack.embedded));
  await page.waitForURL('**/customers/board');
  return {
    stack,
    url: server.url,
    desk,
    page,
    complaints,
    close: async () => {
      await browser.close();
      await server.close();
      await stack.close();
    },
  };
}

async function openDesk(browser: Browser, complaints: string[]): Promise<BrowserContext> {
  const desk = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
  desk.setDefaultTimeout(15_000);
  desk.on('weberror', (error) => complaints.push(error.error().message));
  desk.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  return desk;
}

/** A step of the flow on the canvas, by how its words begin. */
export function stepOf(page: Page, words: string): Locator {
  const canvas = page.getByRole('application', { name: 'The flow as a graph' });
  return canvas.getByRole('group', { name: new RegExp(`^${words}`) });
}

/** All that stands on the canvas. */
export function stepsOf(within: Page | Locator): Locator {
  return within.locator('[aria-roledescription="node"]');
}

/** The connections of the canvas, in words. */
export async function waysOf(page: Page): Promise<string[]> {
  const ways = page.getByRole('application').locator('[aria-roledescription="edge"]');
  const labels = await ways.evaluateAll((all) => all.map((each) => each.getAttribute('aria-label') ?? ''));
  return labels.toSorted();
}

/** Waits until the server has what is on the screen. */
export async function waitSaved(page: Page): Promise<void> {
  await page.getByText('Saved', { exact: true }).waitFor();
}

/** Opens a flow by its name, and waits for its canvas. */
export async function openFlow(page: Page, url: string, name: string): Promise<void> {
  await page.goto(`${url}/flows`);
  await page.getByRole('link', { name, exact: true }).click();
  await stepOf(page, 'Trigger').waitFor();
}

/** Makes the draft the next version. */
export async function publish(page: Page, number: number, note: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: `Publish version ${number}?` });
  await dialog.getByRole('textbox', { name: 'Note' }).fill(note);
  await dialog.getByRole('button', { name: `Publish version ${number}` }).click();
  await dialog.waitFor({ state: 'detached' });
}
