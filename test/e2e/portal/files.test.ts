import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, openBrowser } from '../../support/chromium.ts';
import { eventually } from '../../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../../support/gateway.ts';
import { WebdavClient } from '../../support/partner-client.ts';
import { accessibilityFaults, portalUrl, screenshot } from '../../support/portal-page.ts';
import { hasTool } from '../../support/tools.ts';

const SAMPLES = join(import.meta.dirname, '../../fixtures/demo/samples');
/** RVA designated her, and RJV does so as well. */
const FURTHER = `  - id: anna-of-rva
    name: Anna Demo
    samePersonAs: anna@rva
    designation: { act: Designation by a second leading official (demo), from: 2020-01-01 }
    userRegulation: { version: "1", accepted: 2020-01-01 }
`;
const SET = 'ADRM.000001.20260115.00001.R.1';

let gateway: RunningGateway;
let browser: Browser;
let page: Page;
let client: WebdavClient;

beforeAll(async () => {
  const change = (text: string) => text.replace('persons:\n', `persons:\n${FURTHER}`);
  gateway = await startGateway({ change: { 'partners/rjv.yaml': change } });
  client = await WebdavClient.open(gateway, 'anna@ksz');
  await client.put('/SHARED/work/table.csv', 'name;city\nAnna;Gent\nBram;Liège\n');
  await client.put('/SHARED/work/data.json', '{"ticket":"X","records":{"total":3}}');
  await client.put('/SHARED/work/data.xml', '<a b="1"><c>text</c></a>');
  browser = await openBrowser(gateway, 'anna@ksz');
  page = browser.page;
  page.setDefaultTimeout(10_000);
  await page.setViewportSize({ width: 1360, height: 860 });
});
afterAll(async () => {
  client.close();
  await browser.close();
  await gateway.stop();
  await removeFolder(gateway);
});

async function open(path: string): Promise<void> {
  await page.goto(portalUrl(gateway, path));
  await page.getByRole('heading', { level: 1 }).waitFor();
}

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const row = (name: string): Locator => page.getByRole('row').filter({ hasText: name });
const upload = (name: string): Locator =>
  page.getByRole('region', { name: 'Uploads' }).getByRole('listitem', { name, exact: true });

async function choose(files: readonly { readonly name: string; readonly text: string }[]): Promise<void> {
  const given = files.map(({ name, text }) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) }));
  await page.locator('input[type=file]').first().setInputFiles(given);
}

describe.skipIf(!hasTool('chromium') || !hasTool('certutil'))('files in the portal', () => {
  test('folders and mailboxes stand by flow, and Chromium itself has shown its certificate', async () => {
    await open('/');
    await page
      .getByRole('link', { name: /^Hand in/ })
      .first()
      .waitFor();
    const links = await page.getByRole('main').getByRole('link').allInnerTexts();
    expect(links.join(' ')).toContain('Answers and deliveries');
    expect(links.join(' ')).toContain('Simulate');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: /^Your account/ }).click();
    await page.getByRole('dialog', { name: 'Your account' }).getByText('anna@ksz').first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  test('the language is switched and remembered, and so are dark colours', async () => {
    await page.getByRole('combobox', { name: 'Language' }).selectOption('fr');
    await page.getByRole('heading', { name: 'Fichiers', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Passer aux couleurs sombres' }).click();
    await open('/');
    await page.getByRole('heading', { name: 'Fichiers', level: 1 }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('fr');
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await page
      .getByRole('link', { name: /^Envoyer/ })
      .first()
      .waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await screenshot(page, 'files-overview-dark-fr');
    await page.getByRole('button', { name: 'Passer aux couleurs claires' }).click();
    await page.getByRole('combobox', { name: 'Langue' }).selectOption('en');
  });

  test('a sample is handed in: its checksum is shown, and the way to what becomes of it', async () => {
    await open('/browse/IN/ADRM');
    const sample = await readFile(join(SAMPLES, '1_ADRM_address_mutation.csv'));
    const input = page.locator('input[type=file]').first();
    await input.setInputFiles(join(SAMPLES, '1_ADRM_address_mutation.csv'));
    await upload('1_ADRM_address_mutation.csv').getByText('Arrived').waitFor();
    expect(await upload('1_ADRM_address_mutation.csv').innerText()).toContain(sha256(sample));
    const follow = upload('1_ADRM_address_mutation.csv').getByRole('link', { name: /^Follow what becomes of it/ });
    expect(await follow.getAttribute('href')).toMatch(/^\/submissions\/[0-9A-Z]{13}$/);
    await row('1_ADRM_address_mutation.csv').waitFor();
    await screenshot(page, 'files-hand-in');
    await eventually('the answer in the mailbox', async () =>
      (await client.list('/OUT/ADRM')).some((name) => name.includes('.notification.json')) ? true : undefined,
    );
    await open('/browse/OUT/ADRM');
    await page
      .getByRole('row')
      .filter({ hasText: /notification/i })
      .first()
      .waitFor();
    await screenshot(page, 'files-mailbox');
  });

  test('a GO is sent last, after the files of its set', async () => {
    await open('/browse/SHARED/work');
    await row('table.csv').waitFor();
    const sent: string[] = [];
    const note = (request: { method(): string; url(): string }) => {
      const url = new URL(request.url());
      if (request.method() === 'PUT') sent.push((url.searchParams.get('path') ?? '').split('/').at(-1) ?? '');
    };
    page.on('request', note);
    const names = [`GO.${SET}`, `FS.${SET}.1`, `FI.${SET}.1`];
    await choose(names.map((name) => ({ name, text: name.startsWith('GO') ? '' : name })));
    await upload(`GO.${SET}`).getByText('Arrived').waitFor();
    page.off('request', note);
    expect(sent.at(-1)).toBe(`GO.${SET}`);
    expect([...sent].sort()).toEqual([...names].sort());
  });

  test('before a file is replaced one is asked; an earlier version that changed meanwhile is not lost', async () => {
    await choose([{ name: 'table.csv', text: 'name;city\nClara;Namur\n' }]);
    const dialog = page.getByRole('dialog', { name: 'A file is there already' });
    await dialog.waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Replace' }).click();
    await upload('table.csv').getByText('Arrived').waitFor();
    expect((await client.get('/SHARED/work/table.csv')).toString()).toContain('Clara');
    await choose([{ name: 'table.csv', text: 'mine' }]);
    await client.put('/SHARED/work/table.csv', 'somebody else was faster');
    await dialog.getByRole('button', { name: 'Replace' }).click();
    await upload('table.csv').getByText('Is there already', { exact: true }).waitFor();
    expect((await client.get('/SHARED/work/table.csv')).toString()).toBe('somebody else was faster');
    await upload('table.csv').getByRole('button', { name: 'Replace' }).click();
    await upload('table.csv').getByText('Arrived').waitFor();
    expect((await client.get('/SHARED/work/table.csv')).toString()).toBe('mine');
    await client.put('/SHARED/work/table.csv', 'name;city\nAnna;Gent\nBram;Liège\n');
  });

  test('files that are dropped on the list are sent', async () => {
    const dropped = await page.evaluateHandle(`(() => {
      const data = new DataTransfer();
      for (const name of ['dropped-1.txt', 'dropped-2.txt']) data.items.add(new File([name], name));
      return data;
    })()`);
    await page.locator('.drop').dispatchEvent('dragenter', { dataTransfer: dropped });
    await page.getByText('Let go to send').waitFor();
    await page.locator('.drop').dispatchEvent('drop', { dataTransfer: dropped });
    for (const name of ['dropped-1.txt', 'dropped-2.txt']) {
      await upload(name).getByText('Arrived', { exact: true }).waitFor();
      expect((await client.get(`/SHARED/work/${name}`)).toString()).toBe(name);
    }
  });

  test('folders are sent with what lies in them', async () => {
    const input = page.locator('input[type=file][webkitdirectory]');
    await input.setInputFiles(join(import.meta.dirname, '../../fixtures/demo/samples'));
    await upload('4_WLAT_original.jsonl').getByText('Arrived').waitFor();
    await eventually('the folder', async () =>
      (await client.list('/SHARED/work/samples')).includes('4_WLAT_original.jsonl') ? true : undefined,
    );
    await page.getByRole('button', { name: 'Clear what ended' }).click();
  });

  test('tables, JSON and XML are shown, one file is downloaded as it is, and several in an archive', async () => {
    await open('/browse/SHARED/work');
    await row('table.csv').getByRole('button', { name: 'table.csv', exact: true }).click();
    const preview = page.getByRole('complementary');
    await preview.getByRole('cell', { name: 'Liège' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await screenshot(page, 'files-preview');
    await row('data.json').getByRole('button', { name: 'data.json', exact: true }).click();
    await preview.getByText('"records"').waitFor();
    await row('data.xml').getByRole('button', { name: 'data.xml', exact: true }).click();
    await preview.getByText('<c', { exact: true }).waitFor();
    const [single] = await Promise.all([
      page.waitForEvent('download'),
      preview.getByRole('link', { name: 'Download' }).click(),
    ]);
    expect(await readFile(await single.path(), 'utf8')).toBe('<a b="1"><c>text</c></a>');
    await row('data.json').getByRole('button', { name: 'Choose data.json' }).click();
    await row('data.xml').getByRole('button', { name: 'Choose data.xml' }).click();
    const [archive] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('toolbar').getByRole('button', { name: 'Download' }).click(),
    ]);
    const bytes = await readFile(await archive.path());
    expect(bytes.subarray(0, 2).toString()).toBe('PK');
    expect(bytes.includes('data.json') && bytes.includes('data.xml')).toBe(true);
  });

  test('the keyboard alone makes a folder, goes into it and back, renames and deletes', async () => {
    await open('/browse/SHARED/work');
    await row('table.csv').waitFor();
    await page.getByRole('button', { name: 'New folder' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'New folder' }).waitFor();
    await page.keyboard.type('aaa');
    await page.keyboard.press('Enter');
    await row('aaa').waitFor();
    const grid = page.getByRole('grid');
    await grid.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'aaa', level: 1 }).waitFor();
    await page.goBack();
    await row('table.csv').waitFor();
    await page.getByRole('grid').focus();
    await page.keyboard.type('aaa');
    await page.keyboard.press('F2');
    const rename = page.getByRole('dialog', { name: 'Rename aaa' });
    await rename.getByRole('textbox').fill('bbb');
    await page.keyboard.press('Enter');
    await row('bbb').waitFor();
    await page.getByRole('grid').focus();
    await page.keyboard.type('bbb');
    await page.keyboard.press('Delete');
    await page
      .getByRole('dialog', { name: 'Delete bbb?' })
      .getByRole('button', { name: 'Delete', exact: true })
      .focus();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await row('bbb').waitFor({ state: 'detached' });
    expect(await client.list('/SHARED/work')).not.toContain('bbb');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  test('who acts for several partners finds the folders of each under its name', async () => {
    const other = await openBrowser(gateway, 'anna@rva');
    try {
      other.page.setDefaultTimeout(10_000);
      await other.page.goto(portalUrl(gateway, '/'));
      const rva = other.page.getByRole('region', { name: 'RVA – Rijksdienst voor Arbeidsvoorziening (demo)' });
      await rva.getByRole('heading', { name: 'All flows' }).waitFor(); // its layout is flat
      const rjv = other.page.getByRole('region', { name: /^RJV/ });
      await rjv.getByRole('link', { name: /^Answers and deliveries.*Address mutations/ }).click();
      await other.page.getByRole('heading', { name: 'Address mutations', level: 1 }).waitFor();
      const crumbs = other.page.getByRole('navigation', { name: 'Where you are' }).getByRole('listitem');
      expect((await crumbs.allInnerTexts())[1]).toMatch(/^RJV/);
      expect(await accessibilityFaults(other.page)).toEqual([]);
    } finally {
      await other.close();
    }
  });

  test('on 360 pixels nothing goes beyond the edge', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const path of ['/', '/browse/SHARED/work']) {
      await open(path);
      await page.getByRole('main').getByRole('link').first().waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      expect(await accessibilityFaults(page)).toEqual([]);
    }
    await screenshot(page, 'files-small');
    await page.setViewportSize({ width: 1360, height: 860 });
  });
});
