import type { CDPSession, Page, Request } from 'playwright-core';
import { buildFrontend } from '#backend/buildFrontend.ts';
import { signInLink } from '#backend/embedded/seedDemo.ts';
import { openBrowser } from '#test/helpers/browser.ts';
import { serveTestStack, startTestStack } from '#test/helpers/testStack.ts';
import { largeFlow } from './largeFlow.ts';

interface Frames {
  frames: number;
  /** Between one frame and the next, in milliseconds, by Chromium's own clock. */
  p50: number;
  p95: number;
  max: number;
  /** What the page's scripts took of each frame. */
  scriptMs: number;
}

const moves = 120;

/** A flow of so many steps in the builder: how smoothly steps are dragged and the canvas is moved, and what its save costs. */
export async function measureBuilder(steps: number) {
  await buildFrontend();
  const [stack, browser] = await Promise.all([startTestStack(), openBrowser()]);
  const server = await serveTestStack(stack);
  try {
    const { workspaceId } = stack.identity;
    const { flow, draftRevision } = await stack.context.flows.create(workspaceId, 'A large flow');
    await stack.context.flows.saveDraft(workspaceId, flow.id, { graph: largeFlow(steps), draftRevision });
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(await signInLink(stack.context, stack.embedded));
    await page.waitForURL('**/customers/board');
    const startedAt = performance.now();
    await page.goto(`${server.url}/flows/${flow.id}`);
    await page.locator('.react-flow__node').first().waitFor();
    const openMs = Math.round(performance.now() - startedAt);
    const near = await measureMoves(page);
    await page.getByRole('button', { name: 'Fit View' }).click();
    const far = await measureMoves(page);
    const saved = nextSave(page);
    await page.getByRole('textbox', { name: 'Name of the flow' }).fill('A large flow, changed');
    const save = await saved;
    return { steps, openMs, near, wholeFlow: far, save };
  } finally {
    await browser.close();
    await server.close();
    await stack.close();
  }
}

/** Drags a step, moves the canvas and zooms it, at the zoom that it is at. */
async function measureMoves(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const resting = await framesOf(page, session, () => page.waitForTimeout(1000));
  const dragging = await framesOf(page, session, async () => circle(page, await middleOfStep(page)));
  const panning = await framesOf(page, session, async () => circle(page, await emptyPlace(page)));
  const zooming = await framesOf(page, session, () => zoom(page));
  await session.detach();
  return { resting, dragging, panning, zooming };
}

async function middleOfStep(page: Page): Promise<{ x: number; y: number }> {
  const box = await page.locator('.react-flow__node').nth(2).boundingBox();
  if (!box) throw new Error('No step of the flow is to be seen.');
  return { x: box.x + box.width / 2, y: box.y + box.height / 3 };
}

/** A place of the canvas where nothing stands. */
async function emptyPlace(page: Page): Promise<{ x: number; y: number }> {
  return await page.evaluate(() => {
    const box = document.querySelector('.react-flow__pane')?.getBoundingClientRect();
    if (!box) throw new Error('The canvas is not to be seen.');
    for (let x = box.left + 60; x < box.right - 60; x += 20)
      for (let y = box.top + 60; y < box.bottom - 60; y += 20)
        if (document.elementFromPoint(x, y)?.matches('.react-flow__pane')) return { x, y };
    throw new Error('The canvas is full.');
  });
}

/** Takes what is there and leads it around, back to where it was. */
async function circle(page: Page, { x, y }: { x: number; y: number }): Promise<void> {
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let move = 1; move <= moves; move += 1) {
    const angle = (move / moves) * 2 * Math.PI;
    await page.mouse.move(x + 120 * Math.sin(angle), y + 60 * (1 - Math.cos(angle)));
  }
  await page.mouse.up();
}

async function zoom(page: Page): Promise<void> {
  const { x, y } = await emptyPlace(page);
  await page.mouse.move(x, y);
  for (let turn = 0; turn < moves / 4; turn += 1) await page.mouse.wheel(0, turn < moves / 8 ? 40 : -40);
}

async function framesOf(page: Page, session: CDPSession, act: () => Promise<unknown>): Promise<Frames> {
  const recorder = await page.evaluateHandle(() => {
    const times: number[] = [];
    const state = { times, isOver: false };
    const look = (at: number) => {
      times.push(at);
      if (!state.isOver) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    return state;
  });
  const scriptBefore = await scriptSeconds(session);
  await act();
  const scriptAfter = await scriptSeconds(session);
  const times = await recorder.evaluate((state) => {
    state.isOver = true;
    return state.times;
  });
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  const sorted = gaps.toSorted((one, other) => one - other);
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return {
    frames: gaps.length,
    p50: at(0.5),
    p95: at(0.95),
    max: at(1),
    scriptMs: round(((scriptAfter - scriptBefore) * 1000) / Math.max(gaps.length, 1)),
  };
}

async function scriptSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0;
}

/** What the next save of the draft sends, and how long it is under way. */
async function nextSave(page: Page): Promise<{ sentKb: number; ms: number }> {
  const isSave = (request: Request) => request.method() === 'PUT' && request.url().endsWith('/draft');
  const request = await page.waitForEvent('requestfinished', { predicate: isSave });
  const { requestBodySize } = await request.sizes();
  return { sentKb: round(requestBodySize / 1024), ms: round(request.timing().responseEnd) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
