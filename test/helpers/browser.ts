import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import chromium from '@sparticuz/chromium';
import { chromium as playwright, type Browser, type Page } from 'playwright-core';

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));

/** A real Chromium that comes with the packages: nothing has to be installed on the machine. */
export async function openBrowser(): Promise<Browser> {
  chromium.setGraphicsMode = false;
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    // In a single process, which it is made for, closing one window closes all.
    args: [
      ...chromium.args.filter((arg) => arg !== '--single-process' && arg !== '--no-zygote'),
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    headless: true,
  });
}

/** Keeps a picture of the page as it is. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  await mkdir(artifacts, { recursive: true });
  await page.screenshot({ path: join(artifacts, `${name}.png`), animations: 'disabled' });
}

/** Axe's rules that look at colours. */
const colorRules = ['color-contrast', 'link-in-text-block'];

/** What axe objects to in the light and in the dark theme, and what has to be scrolled sideways; empty when all is well. */
export async function findFlaws(page: Page): Promise<string[]> {
  const flaws: string[] = [];
  const width = page.viewportSize()?.width ?? 0;
  for (const colorScheme of ['dark', 'light'] as const) {
    await showTheme(page, colorScheme);
    // In its own page, as it does otherwise, axe takes twice as long.
    const axe = new AxeBuilder({ page }).setLegacyMode(true).options({
      resultTypes: ['violations'],
      // All else is the same in both themes.
      ...(colorScheme === 'dark' ? { runOnly: { type: 'rule', values: colorRules } } : {}),
    });
    const { violations } = await axe.analyze();
    flaws.push(...violations.map(({ id, nodes }) => `${width} ${colorScheme} ${id}: ${nodes[0]?.html}`));
  }
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (overflow > 0) flaws.push(`${width}: ${overflow} px too wide`);
  return flaws;
}

/** Shows the page in a theme, and waits until no colour is still on its way from the other one. */
async function showTheme(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
  await page.waitForFunction(
    () => !document.getAnimations().some((animation) => animation instanceof CSSTransition),
  );
}
