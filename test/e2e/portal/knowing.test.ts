import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityFaults, screenshot } from '../../support/portal-page.ts';
import { PortalScene } from '../../support/portal-scene.ts';
import { hasTool } from '../../support/tools.ts';

const SAMPLES = join(import.meta.dirname, '../../fixtures/demo/samples');

let scene: PortalScene;

beforeAll(async () => {
  const daily = '\nexpected:\n  - { from: ksz, every: day, weekdaysOnly: false, by: "18:00", graceHours: 24 }\n';
  scene = await PortalScene.open('anna@ksz', { 'flows/ADRM.yaml': (text) => text + daily });
});
afterAll(() => scene.close());

describe.skipIf(!hasTool('chromium') || !hasTool('certutil'))('what one wants to know before sending', () => {
  test('a file is checked in French: the same table as for a real one, and nothing was handed in or delivered', async () => {
    const { page, client } = scene;
    await scene.visit('/check', 'fr');
    await page.getByText('Rien n’est livré et rien n’est conservé.').waitFor();
    const asked = page.waitForEvent('filechooser');
    await scene.tabTo(page.getByRole('button', { name: 'Choisir un fichier à vérifier' }));
    await page.keyboard.press('Enter');
    await (await asked).setFiles(join(SAMPLES, 'ADRM_with_faults.csv'));
    await page.getByRole('heading', { name: 'Certains enregistrements seraient refusés' }).waitFor();
    expect(await page.getByRole('rowheader').allInnerTexts()).toEqual(['2', '3', '4', '7']);
    const third = page.getByRole('row').filter({ hasText: 'MSG00005' });
    expect(await third.getByRole('cell').nth(1).innerText()).toBe('12070496490');
    await page.getByText('Rien n’a été livré.', { exact: false }).waitFor();
    await page.evaluate('scrollTo(0, 0)');
    expect(await accessibilityFaults(page)).toEqual([]);
    await screenshot(page, 'check-a-file');
    await page.getByRole('searchbox').fill('xxx');
    await page.getByRole('rowheader', { name: '3' }).waitFor({ state: 'detached' });
    expect(await page.getByRole('rowheader').allInnerTexts()).toEqual(['7']);

    await page.locator('main input[type=file]').setInputFiles(join(SAMPLES, '1_ADRM_address_mutation.csv'));
    await page.getByRole('heading', { name: 'Tout serait accepté' }).waitFor();
    const way = page.getByRole('link', { name: 'Aller au dossier pour le remettre' });
    expect(await way.getAttribute('href')).toBe('/browse/IN/ADRM');
    expect(await client.list('/IN/ADRM')).toEqual([]);
    expect(await client.list('/OUT/ADRM')).toEqual([]);
    await scene.visit('/submissions', 'fr');
    await page.getByRole('heading', { name: 'Rien n’a encore été remis' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('a file of which nobody knows the columns would be refused as a whole', async () => {
    const { page } = scene;
    await scene.visit('/check', 'de');
    const file = { name: 'spalten.csv', mimeType: 'text/csv', buffer: Buffer.from('a;b\n1;2\n') };
    await page.locator('main input[type=file]').setInputFiles(file);
    await page.getByRole('heading', { name: 'Die Datei würde abgelehnt' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('a page says in plain words what one may do, and by which act or line', async () => {
    const { page } = scene;
    await scene.visit('/rights', 'nl');
    const you = page.getByRole('region', { name: 'U', exact: true });
    await you.getByText('Designation by the leading official of KSZ (demo)').waitFor();
    const ways = await page.getByRole('region', { name: 'Toegangswegen' }).getByRole('listitem').allInnerTexts();
    expect(ways[0]).toMatch(/^eigen lijn\s+127\.0\.0\.1\s+open/);
    expect(ways.at(-1)).toMatch(/^internet[\s\S]*gesloten/);
    const flows = page.getByRole('region', { name: 'Stromen en machtigingen' });
    const adrm = flows.getByRole('listitem').filter({ hasText: 'ADRM' });
    expect(await adrm.innerText()).toContain('U mag indienen');
    expect(await adrm.innerText()).toContain('ADDRESS_MAINTENANCE');
    const intake = page.getByRole('row').filter({ has: page.getByRole('link', { name: '/IN/ADRM', exact: true }) });
    expect(await intake.getByRole('cell').first().innerText()).toContain('bestanden plaatsen');
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('a flow has a page: folders, fields, codes that can be searched, and the sample file as it ships', async () => {
    const { page } = scene;
    await scene.visit('/flows', 'en');
    await page.getByRole('link', { name: /Address mutations/ }).click();
    await page.getByRole('link', { name: '/INTEST/ADRM' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await scene.tabTo(page.getByRole('tab', { name: 'What to send' }));
    await page.keyboard.press('ArrowRight');
    await page.getByRole('rowheader', { name: 'postal_code' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('ArrowRight');
    await page.getByText('A receipt for each file within seconds').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('searchbox').fill('MSG00005');
    await page.getByRole('rowheader', { name: 'MSG00011' }).waitFor({ state: 'detached' });
    expect(await page.getByRole('rowheader').allInnerTexts()).toEqual(['MSG00005']);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('tab', { name: 'Sample files' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download 1_ADRM_address_mutation.csv' }).click(),
    ]);
    const shipped = await readFile(join(SAMPLES, '1_ADRM_address_mutation.csv'), 'utf8');
    expect((await readFile(await download.path(), 'utf8')).trim()).toBe(shipped.trim());
  });

  test('the page of a flow is in Dutch for who reads Dutch: sentences, rules and what fields mean', async () => {
    const { page } = scene;
    await scene.visit('/flows/ADRM', 'nl');
    await page.getByText('Hoogstens 10 000 000 000 bytes.').waitFor();
    expect(await page.locator('main [lang]').count()).toBe(0);
    await page.getByRole('tab', { name: 'Velden' }).click();
    const postcode = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'postal_code' }) });
    expect(await postcode.getByRole('cell').allInnerTexts()).toContain('postcode');
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('expected files stand in a calendar for each flow; what a day is says a word, not a colour alone', async () => {
    const { page } = scene;
    await scene.visit('/expected', 'fr');
    await scene.tabTo(page.getByRole('link', { name: 'Mois suivant' }));
    await page.keyboard.press('Enter');
    const calendar = page.getByRole('table', { name: /^Address mutations, / });
    await page.getByText(/^(?:28|29|30|31) encore attendus$/).waitFor();
    const weekdays = await calendar.getByRole('columnheader').allInnerTexts();
    expect(weekdays.map((text) => text.split(/\s+/).at(-1))).toEqual([
      ...['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'],
    ]);
    const tenth = calendar.getByRole('cell').filter({ hasText: /^10/ });
    expect(await tenth.innerText()).toMatch(/^10\s+attendu\s*,\s*pour le 10 .* 18:00$/);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('help for a reason tells what it means, what to do, whom to call, and the reference', async () => {
    const { page } = scene;
    await scene.visit('/help/address-not-registered?reference=K7-2Q', 'de');
    await page.getByRole('heading', { name: 'Sie kommen von einer nicht eingetragenen Adresse' }).waitFor();
    const who = page.getByRole('complementary', { name: 'Wer Ihnen hilft' });
    await who.getByRole('link', { name: '+32 2 000 00 01' }).waitFor();
    expect(await who.innerText()).toContain('K7-2Q');
    expect(await who.innerText()).toContain('127.0.0.1');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('navigation').getByRole('link', { name: 'Hilfe', exact: true }).first().click();
    await page.getByRole('link', { name: /^Über das Internet brauchen Sie eine Ausnahme/ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('on 360 pixels, in the dark, nothing goes beyond the edge of any page', async () => {
    const { page } = scene;
    await page.setViewportSize({ width: 360, height: 740 });
    await page.emulateMedia({ colorScheme: 'dark' });
    for (const path of [
      '/submissions',
      '/check',
      '/rights',
      '/expected?month=2099-05',
      '/flows',
      '/flows/ADRM',
      '/help',
    ]) {
      await scene.visit(path, 'de');
      await page.getByRole('main').getByRole('link').or(page.getByRole('main').getByRole('button')).first().waitFor();
      expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, 360]);
      expect([path, await accessibilityFaults(page)]).toEqual([path, []]);
    }
  });
});
