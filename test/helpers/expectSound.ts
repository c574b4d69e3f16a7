import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { findFlaws, keepScreenshot } from './browser.ts';

const narrow = { width: 375, height: 812 };

/** On a narrow screen and on the page's own, in both themes, axe finds nothing to object to, and nothing has to be scrolled sideways. */
export async function expectSound(page: Page, screenshot: string, shown: Locator): Promise<void> {
  const own = page.viewportSize() ?? { width: 1440, height: 900 };
  for (const viewport of [narrow, own]) {
    await page.setViewportSize(viewport);
    expect(await findFlaws(page)).toEqual([]);
    await shown.scrollIntoViewIfNeeded();
    await keepScreenshot(page, `${screenshot}-${viewport.width}`);
  }
}
