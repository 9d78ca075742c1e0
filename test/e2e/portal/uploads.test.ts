import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, openBrowser } from '../../support/chromium.ts';
import { type RunningGateway, removeFolder, startGateway, startIn } from '../../support/gateway.ts';
import { WebdavClient } from '../../support/partner-client.ts';
import { accessibilityFaults, lineOf, portalUrl, screenshot } from '../../support/portal-page.ts';
import { hasTool } from '../../support/tools.ts';

const MIB = 1024 * 1024;
/** Slow enough that there is time to do something, and still a while for each part. */
const SLOW = 9 * MIB;

let gateway: RunningGateway;
let browser: Browser;
let page: Page;
let folder: string;

beforeAll(async () => {
  gateway = await startGateway();
  browser = await openBrowser(gateway, 'anna@ksz');
  page = browser.page;
  page.setDefaultTimeout(20_000);
  await page.setViewportSize({ width: 1360, height: 860 });
  folder = await mkdtemp(join(tmpdir(), 'sluis-uploads-'));
});
afterAll(async () => {
  await browser.close();
  await gateway.stop();
  await removeFolder(gateway);
  await rm(folder, { recursive: true, force: true });
});

const upload = (name: string): Locator =>
  page.getByRole('region', { name: 'Uploads' }).getByRole('listitem', { name, exact: true });
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function fileOf(name: string, mebibytes: number, salt = 0): Promise<{ readonly path: string; sha256: string }> {
  const bytes = Buffer.alloc(mebibytes * MIB);
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE((at * 2654435761 + salt) % 2 ** 32, at);
  const path = join(folder, name);
  await writeFile(path, bytes);
  return { path, sha256: sha256(bytes) };
}

async function openWork(): Promise<void> {
  await page.goto(portalUrl(gateway, '/browse/SHARED/work'));
  await page.getByRole('button', { name: 'Send files' }).waitFor();
}

async function send(path: string): Promise<void> {
  await page.locator('input[type=file]').first().setInputFiles(path);
}

/** Until more than a part has arrived. */
async function underWay(name: string): Promise<void> {
  const bar = upload(name).getByRole('progressbar');
  const handle = await bar.elementHandle();
  await page.waitForFunction((element) => (element as unknown as { value: number }).value > 0.4, handle);
}

async function stored(name: string): Promise<string> {
  const client = await WebdavClient.open(gateway, 'anna@ksz');
  const bytes = await client.get(`/SHARED/work/${name}`);
  client.close();
  return sha256(bytes);
}

describe.skipIf(!hasTool('chromium') || !hasTool('certutil'))('large uploads in the portal', () => {
  test('an upload is paused and goes on, and a lost line costs nothing that arrived', async () => {
    const file = await fileOf('paused.bin', 20);
    await openWork();
    const line = await lineOf(page);
    await line.set(SLOW);
    await send(file.path);
    await underWay('paused.bin');
    await upload('paused.bin').getByText('left').waitFor(); // speed and time are said
    expect(await upload('paused.bin').innerText()).toMatch(/ of 21 MB · \d+% · .*\/s · .* left/);
    await screenshot(page, 'files-uploading');
    await upload('paused.bin').getByRole('button', { name: 'Pause paused.bin' }).click();
    await upload('paused.bin').getByText('Paused', { exact: true }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await line.set('cut');
    await upload('paused.bin').getByRole('button', { name: 'Go on with paused.bin' }).click();
    await upload('paused.bin').getByText('Trying again', { exact: true }).waitFor();
    await line.set('free');
    await upload('paused.bin').getByText('Arrived', { exact: true }).waitFor();
    expect(await upload('paused.bin').innerText()).toContain(file.sha256);
    expect(await stored('paused.bin')).toBe(file.sha256);
  });

  test('after the page was closed the same file goes on; another one of that name does not', async () => {
    const file = await fileOf('closed.bin', 20);
    await openWork();
    await (await lineOf(page)).set(SLOW);
    await send(file.path);
    await underWay('closed.bin');
    const next = await page.context().newPage();
    await page.close({ runBeforeUnload: false });
    page = next;
    page.setDefaultTimeout(20_000);
    await page.setViewportSize({ width: 1360, height: 860 });
    await page.goto(portalUrl(gateway, '/'));
    const unfinished = page.getByRole('region', { name: 'Unfinished uploads' });
    await unfinished.getByText('closed.bin').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    const other = await fileOf('closed.bin', 20, 1);
    await unfinished.getByLabel('Choose closed.bin again').setInputFiles(other.path);
    await upload('closed.bin').getByText('Another file begun', { exact: true }).waitFor();
    await upload('closed.bin').getByRole('button', { name: 'Cancel closed.bin' }).click();
    const offsets: string[] = [];
    page.on('request', (request) => {
      const range = request.method() === 'PUT' ? request.headers()['content-range'] : undefined;
      if (range !== undefined) offsets.push(range);
    });
    await fileOf('closed.bin', 20);
    await page.goto(portalUrl(gateway, '/'));
    await unfinished.getByLabel('Choose closed.bin again').setInputFiles(file.path);
    await upload('closed.bin').getByText('Arrived', { exact: true }).waitFor();
    expect(offsets[0]).not.toMatch(/^bytes 0-/);
    expect(await stored('closed.bin')).toBe(file.sha256);
  });

  test('a gateway that stops in the middle and starts again is gone on with by the same page', async () => {
    const file = await fileOf('restart.bin', 32);
    await openWork();
    const line = await lineOf(page);
    await line.set(SLOW);
    await send(file.path);
    await underWay('restart.bin');
    const config = join(gateway.config, 'gateway.yaml');
    const text = await readFile(config, 'utf8');
    await gateway.stop('SIGKILL');
    await upload('restart.bin').getByText('Trying again', { exact: true }).waitFor();
    await writeFile(config, text.replace('port: 0', `port: ${gateway.https}`)); // the first is that of HTTPS
    gateway = await startIn(gateway.folder);
    await line.set('free');
    await upload('restart.bin').getByText('Arrived', { exact: true }).waitFor();
    expect(await stored('restart.bin')).toBe(file.sha256);
  });
});
