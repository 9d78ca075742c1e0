import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityFaults, screenshot } from '../../support/portal-page.ts';
import { PortalScene } from '../../support/portal-scene.ts';
import { hasTool } from '../../support/tools.ts';

const SAMPLE = join(import.meta.dirname, '../../fixtures/demo/samples/1_ADRM_address_mutation.csv');
const FAULTS = join(import.meta.dirname, '../../fixtures/demo/samples/ADRM_with_faults.csv');

let scene: PortalScene;

beforeAll(async () => {
  scene = await PortalScene.open('anna@ksz');
});
afterAll(() => scene.close());

/** Counts what a person does with the pointer; picking a file in the window of the system is one too. */
class Pointer {
  clicks = 0;

  async click(target: Locator): Promise<void> {
    this.clicks += 1;
    await target.click();
  }

  async choose(button: Locator, file: { readonly name: string; readonly text: string }): Promise<void> {
    const asked = scene.page.waitForEvent('filechooser');
    await this.click(button);
    this.clicks += 1;
    await (await asked).setFiles({ name: file.name, mimeType: 'text/csv', buffer: Buffer.from(file.text) });
  }
}

describe.skipIf(!hasTool('chromium') || !hasTool('certutil'))('submissions in the portal', () => {
  test('a newcomer hands in a sample with one bad record, sees why it was refused, sends it corrected and takes the answer away, in fewer than 10 clicks', async () => {
    const { page } = scene;
    const [head = '', first = '', second = ''] = (await readFile(SAMPLE, 'utf8')).split('\n');
    const bad = second.replace('68451597725', '68451597726');
    const pointer = new Pointer();
    await scene.visit('/', 'nl');
    await pointer.click(page.getByRole('link', { name: /^Indienen\W+Address mutations$/ }));
    const text = `${head}\n${first}\n${bad}\n`;
    await pointer.choose(page.getByRole('button', { name: 'Bestanden verzenden' }), {
      name: '1_ADRM_adressen.csv',
      text,
    });
    await pointer.click(page.getByRole('link', { name: /^Volgen wat ermee gebeurt/ }));

    await page.getByText('Deels aanvaard').first().waitFor();
    const refused = page.getByRole('row').filter({ hasText: '68451597726' });
    await refused.waitFor();
    const cells = await refused.getByRole('cell').allInnerTexts();
    expect(cells.slice(1)).toEqual([
      '68451597726',
      'MSG00011',
      expect.stringMatching(/^Dit nummer is niet geldig: het controlegetal of de opbouw klopt niet\./),
      'Kijk het nummer na.',
    ]);
    expect(await page.getByRole('rowheader').allInnerTexts()).toEqual(['2']);
    expect(await page.getByRole('listitem').filter({ hasText: '1 geweigerd' }).count()).toBe(1);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Beëindigde wissen' }).click(); // for the picture alone
    await screenshot(page, 'submission-refused-record');

    await pointer.click(page.getByRole('link', { name: 'Een verbeterd bestand sturen' }));
    const corrected = { name: '1_ADRM_verbeterd.csv', text: `${head}\n${second.replace(/^2;/, '1;')}\n` };
    await pointer.choose(page.getByRole('button', { name: 'Bestanden verzenden' }), corrected);
    const row = page.getByRole('listitem', { name: corrected.name, exact: true });
    await pointer.click(row.getByRole('link', { name: /^Volgen wat ermee gebeurt/ }));
    await page.getByText('Elk record was in orde').waitFor();
    const answer = page.getByRole('link', { name: /^1_ADRM_verbeterd\.csv\..*\.notification\.json downloaden$/ });
    const [download] = await Promise.all([page.waitForEvent('download'), pointer.click(answer)]);
    const told: unknown = JSON.parse(await readFile(await download.path(), 'utf8'));
    expect(told).toMatchObject({
      file: corrected.name,
      state: 'accepted',
      records: { total: 1, accepted: 1, refused: 0 },
    });
    expect(pointer.clicks).toBeLessThan(10);
  });

  test('the list follows by itself what comes in, and is filtered by state and by name', async () => {
    const { page, client } = scene;
    await scene.visit('/submissions', 'en');
    await page.getByRole('row').filter({ hasText: '1_ADRM_verbeterd.csv' }).waitFor();
    await client.put('/INTEST/ADRM/live.csv', await readFile(FAULTS));
    const live = page.getByRole('row').filter({ hasText: 'live.csv' });
    await live.getByText('Partly accepted').waitFor();
    await live.getByText('4 refused').waitFor();
    await live.getByRole('link', { name: 'Download the notification of live.csv' }).waitFor();
    expect(await live.getByText('Test', { exact: true }).count()).toBe(1);
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.getByRole('combobox', { name: 'State' }).selectOption('accepted');
    await page.getByText('1 submission', { exact: true }).waitFor();
    expect(await live.count()).toBe(0);
    await page.getByRole('combobox', { name: 'State' }).selectOption('');
    await page.getByRole('searchbox', { name: 'File name or ticket' }).fill('live');
    await page.getByText('1 submission', { exact: true }).waitFor();
    expect(await live.count()).toBe(1);
    await page.getByRole('searchbox', { name: 'File name or ticket' }).fill('no such file');
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByText('3 submissions', { exact: true }).waitFor();
  });

  test('by keyboard alone one opens a submission, filters its refused records, exports them and verifies the answers', async () => {
    const { page } = scene;
    await page.getByRole('searchbox', { name: 'File name or ticket' }).fill('live');
    await page.getByText('1 submission', { exact: true }).waitFor();
    await scene.tabTo(page.getByRole('link', { name: 'live.csv', exact: true }));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'live.csv', level: 1 }).waitFor();
    await page.getByRole('rowheader', { name: '7' }).waitFor();
    expect(await page.getByRole('rowheader').allInnerTexts()).toEqual(['2', '3', '4', '7']);

    await scene.tabTo(page.getByRole('combobox', { name: 'Code' }));
    await page.keyboard.type('MSG00005');
    await page.getByRole('rowheader', { name: '7' }).waitFor({ state: 'detached' });
    await page.getByRole('rowheader', { name: '3', exact: true }).waitFor();
    expect(await page.getByRole('rowheader').allInnerTexts()).toEqual(['3']);
    await scene.tabTo(page.getByRole('link', { name: 'Export as CSV' }));
    const [exported] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    const lines = (await readFile(await exported.path(), 'utf8')).trim().split('\r\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('12070496490');

    await scene.tabTo(page.getByRole('button', { name: 'Verify the signatures' }));
    await page.keyboard.press('Enter');
    await page.getByText('2 answers verified: all genuine.').waitFor();
    expect(await page.getByText('Genuine', { exact: true }).count()).toBe(2);
    expect(await page.getByText(/^Signed by .* on .*2/).count()).toBe(2);
    expect(await page.getByText('Its bytes are those that the hub gave out.').count()).toBe(2);
    const story = await page.getByRole('region', { name: 'What happened when' }).getByRole('listitem').allInnerTexts();
    expect(story[0]).toContain('The file came in. by anna@ksz');
    expect(story.join('\n')).toContain('The check is done; the notification is in your mailbox.');
    await page.evaluate('scrollTo(0, 0)');
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('a copy of an answer that was altered is not genuine', async () => {
    const { page } = scene;
    const name = await page
      .getByRole('link', { name: /receipt\.json$/ })
      .first()
      .innerText();
    const asked = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Verify a copy of yours' }).click();
    const altered = { name: name.trim(), mimeType: 'application/json', buffer: Buffer.from('{"state":"accepted"}') };
    await (await asked).setFiles(altered);
    await page.getByText('Not genuine', { exact: true }).waitFor();
    await page.getByText('Its bytes are not those that the hub gave out.').waitFor();
  });

  test('a file that is refused as a whole says so, and a ticket that does not exist is a problem with whom to ask', async () => {
    const { page, client } = scene;
    await client.put('/IN/ADRM/columns.csv', 'a;b\n1;2\n');
    await scene.visit('/submissions?state=rejected', 'fr');
    await page.getByRole('link', { name: 'columns.csv', exact: true }).click();
    await page.getByRole('heading', { name: 'Erreurs du fichier dans son ensemble' }).waitFor();
    await page.getByText('Rien de ce fichier n’a été transmis.').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await scene.visit('/submissions/0000000000000', 'fr');
    await page.getByRole('alert').getByText('helpdesk@ksz.example').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});
