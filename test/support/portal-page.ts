import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { RunningGateway } from './gateway.ts';

const ROOT = join(import.meta.dirname, '../..');
const SCREENSHOTS = join(ROOT, 'test/e2e/screenshots');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

let axe: string | undefined;

/** An address of the portal. */
export function portalUrl(gateway: Pick<RunningGateway, 'https'>, path: string): string {
  return `https://localhost:${gateway.https}${path}`;
}

/** What axe-core finds against WCAG 2.2 AA on the page as it stands, each with where it is; nothing where all is well. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  axe ??= await readFile(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');
  await page.evaluate(axe); // by the debugger: the policy of the page lets nothing else in
  const run =
    `axe.run(document, { runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) => violations.flatMap(` +
    "({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target.join(' ') + ': ' + failureSummary)))";
  return page.evaluate(run);
}

/**
 * Keeps a picture of the page under `test/e2e/screenshots/`. One that is there already is kept, so that a test run leaves
 * the work tree as it was; with SLUIS_SCREENSHOTS set it is made anew.
 */
export async function screenshot(page: Page, name: string): Promise<void> {
  const file = join(SCREENSHOTS, `${name}.png`);
  if (existsSync(file) && process.env.SLUIS_SCREENSHOTS === undefined) return;
  await mkdir(SCREENSHOTS, { recursive: true });
  await writeFile(file, await page.screenshot());
}

/** The line of a page. */
export type Line = {
  /** @param bytesPerSecond upwards; `cut`: nothing gets through; `free`: as fast as it goes */
  set(bytesPerSecond: number | 'cut' | 'free'): Promise<void>;
};

export async function lineOf(page: Page): Promise<Line> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  return {
    set: async (speed) => {
      const uploadThroughput = typeof speed === 'number' ? speed : -1;
      const conditions = { offline: speed === 'cut', latency: 0, downloadThroughput: -1, uploadThroughput };
      await session.send('Network.emulateNetworkConditions', conditions);
    },
  };
}
