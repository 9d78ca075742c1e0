import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { type Browser, openBrowser } from '../support/chromium.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { WebdavClient } from '../support/partner-client.ts';
import { hasTool } from '../support/tools.ts';

const CONTENT = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 31) % 256));
const NAME = '100% of #1 & été 🦢?.bin';
let gateway: RunningGateway;
const browsers: Browser[] = [];

beforeAll(async () => {
  gateway = await startGateway();
  const client = await WebdavClient.open(gateway, 'bram@rjv');
  await client.put(`/SHARED/work/${NAME}`, CONTENT);
  await client.put('/SHARED/work/page.html', '<script>document.title = "run"</script>');
  client.close();
});
afterAll(async () => {
  for (const browser of browsers) await browser.close();
  await gateway.stop();
  await removeFolder(gateway);
});

async function browse(account: string | undefined): Promise<Browser['page']> {
  const browser = await openBrowser(gateway, account);
  browsers.push(browser);
  return browser.page;
}

const urlOf = (path: string, port = gateway.https) => `https://localhost:${port}${path}`;

describe.skipIf(!hasTool('chromium') || !hasTool('certutil'))('Chromium', () => {
  test('with the certificate of a person it shows the folders, leads down, and downloads a file byte for byte', async () => {
    const page = await browse('anna@ksz');
    const answer = await page.goto(urlOf('/files/'));
    expect(answer?.status()).toBe(200);
    expect(await page.getByRole('heading').innerText()).toBe('Files');
    const names = await page.getByRole('row').getByRole('link').allInnerTexts();
    expect(names).toEqual(['IN/', 'INTEST/', 'INTEST-S/', 'OUT/', 'OUTTEST/', 'SHARED/']);
    await page.getByRole('link', { name: 'SHARED/' }).click();
    await page.getByRole('link', { name: 'work/' }).click();
    expect(page.url()).toBe(urlOf('/files/SHARED/work/'));
    expect(await page.getByRole('heading').innerText()).toBe('work');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: NAME, exact: true }).click(),
    ]);
    expect(await readFile(await download.path())).toEqual(CONTENT);
    await page.getByRole('link', { name: 'Up to the folder above' }).click();
    expect(page.url()).toBe(urlOf('/files/SHARED/'));
  });

  test('a page that a partner put there runs nothing', async () => {
    const page = await browse('anna@ksz');
    const download = page.waitForEvent('download');
    await page.goto(urlOf('/files/SHARED/work/page.html')).catch(() => undefined); // a download ends the visit
    expect((await readFile(await (await download).path())).toString()).toContain('<script>');
    expect(await page.title()).not.toBe('run');
  });

  test('a person of another partner sees his own folders, and a shared one he may not see is not there', async () => {
    const page = await browse('anna@rva');
    await page.goto(urlOf('/files/'));
    const names = await page.getByRole('row').getByRole('link').allInnerTexts();
    expect(names).not.toContain('SHARED/');
    expect((await page.goto(urlOf('/files/SHARED/work/')))?.status()).toBe(404);
  });

  test('a person whose partner may not come in over the internet reads why', async () => {
    const page = await browse('anna@ksz');
    expect((await page.goto(urlOf('/files/', gateway.internet)))?.status()).toBe(403);
    expect(await page.getByRole('main').innerText()).toContain('Access over the internet is closed.');
    const fields = { reason: 'internet-without-exception', principal: 'anna@ksz', accessMethod: 'internet' };
    await new AuditTrail(gateway).line({ kind: 'login', outcome: 'refused', fields });
  });

  test('a visitor without a certificate reads which one to choose', async () => {
    const page = await browse(undefined);
    expect((await page.goto(urlOf('/files/')))?.status()).toBe(403);
    const text = await page.getByRole('main').innerText();
    expect(text).toContain('Your program showed no certificate. Choose your personal class-3 certificate');
  });
});
