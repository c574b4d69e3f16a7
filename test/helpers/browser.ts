import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import chromium from '@sparticuz/chromium';
import { chromium as playwright, type Browser, type Page } from 'playwright-core';

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));

/** A real Chromium that comes with the packages: nothing has to be installed on the machine. */
export async function openBrowser(): Promise<Browser> {
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
