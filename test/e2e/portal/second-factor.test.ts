import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuditTrail } from '../../support/audit-trail.ts';
import { accessibilityFaults } from '../../support/portal-page.ts';
import { PortalScene } from '../../support/portal-scene.ts';
import { quickSettling } from '../../support/settle.ts';
import { hasTool } from '../../support/tools.ts';
import { authenticatorOfAnna, startWithSecondFactors } from '../step-up-fixture.ts';

const run = promisify(execFile);
const SAMPLE = join(import.meta.dirname, '../../fixtures/demo/samples/1_ADRM_address_mutation.csv');
const NAME = '1_ADRM_address_mutation.csv';

const authenticator = authenticatorOfAnna();
let scene: PortalScene;

beforeAll(async () => {
  const change = { 'gateway.yaml': quickSettling, 'flows/ADRM.yaml': (text: string) => `${text}level: 2\n` };
  scene = await PortalScene.at(await startWithSecondFactors(change), 'anna@ksz');
});
afterAll(() => scene.close());

const dialog = (title: string): Locator => scene.page.getByRole('dialog', { name: title });

async function hasFocus(target: Locator): Promise<boolean> {
  return target.evaluate((element) => element === element.ownerDocument.activeElement);
}

/** Ends what the certificate holds, by the command. */
async function endStepUp(): Promise<void> {
  const { gateway } = scene;
  const login = { kind: 'login', outcome: 'done', fields: { principal: 'anna@ksz' } } as const;
  const { fields } = await new AuditTrail(gateway).line(login);
  const sluis = join(import.meta.dirname, '../../../src/sluis.js');
  const places = ['--config', gateway.config, '--data', gateway.data];
  await run(process.execPath, [sluis, 'sessions', 'end-step-up', String(fields.fingerprint), ...places]);
}

describe.skipIf(!hasTool('chromium') || !hasTool('certutil'))('a flow that asks for a second factor', () => {
  test('a dry run asks for it; who does not give it reads why, and the account offers it as well', async () => {
    const { page } = scene;
    await scene.visit('/check', 'en');
    await page.locator('main input[type=file]').setInputFiles(SAMPLE);
    await dialog('Second factor').getByLabel('One-time code').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('alert').getByText('This needs a second factor.', { exact: false }).first().waitFor();
    expect(await page.getByRole('button', { name: 'Give the second factor' }).count()).toBe(1);
    expect(await accessibilityFaults(page)).toEqual([]);
    const account = page.getByRole('button', { name: /^Your account/ });
    await account.click();
    const panel = dialog('Your account');
    await panel.getByText('1 – certificate', { exact: true }).waitFor();
    await panel.getByRole('button', { name: 'Give the second factor' }).click();
    await dialog('Second factor').getByLabel('One-time code').waitFor();
    await page.keyboard.press('Escape');
    await dialog('Second factor').waitFor({ state: 'detached' });
    expect(await hasFocus(account)).toBe(true);
  });

  test('an upload is refused, a wrong code is told, and with the right one the same upload arrives', async () => {
    const { page, client } = scene;
    await scene.visit('/browse/IN/ADRM', 'nl');
    await page.locator('input[type=file]').first().setInputFiles(SAMPLE);
    const asked = dialog('Tweede factor');
    const code = asked.getByLabel('Eenmalige code');
    await code.waitFor();
    expect(await hasFocus(code)).toBe(true);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.type('000000');
    await page.keyboard.press('Enter');
    await asked.getByRole('alert').getByText('De code of het wachtwoord is fout.', { exact: false }).waitFor();
    expect([await code.getAttribute('aria-invalid'), await hasFocus(code)]).toEqual(['true', true]);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await client.list('/IN/ADRM')).toEqual([]);
    await code.fill(await authenticator.next());
    await page.keyboard.press('Enter');
    await asked.waitFor({ state: 'detached' });
    const upload = page.getByRole('region', { name: 'Verzendingen' }).getByRole('listitem', { name: NAME });
    await upload.getByText('Aangekomen', { exact: true }).waitFor();
    const sha256 = createHash('sha256').update(await readFile(SAMPLE));
    expect(await upload.innerText()).toContain(sha256.digest('hex'));
    await page.getByRole('button', { name: /^Uw account/ }).click();
    const panel = dialog('Uw account');
    await panel.getByText('2 – certificaat en tweede factor').waitFor();
    await panel.getByText(/^\s*tot \d/).waitFor();
    expect(await panel.getByRole('button').count()).toBe(0);
  });

  test('a download asks again once level 2 has ended, and then begins', async () => {
    const { page } = scene;
    await scene.visit('/browse/OUT/ADRM', 'fr');
    const link = page.getByRole('link', { name: /^Télécharger / }).first();
    await link.waitFor();
    await endStepUp();
    await scene.visit('/browse/OUT/ADRM', 'fr');
    await link.click();
    const code = dialog('Second facteur').getByLabel('Code à usage unique');
    await code.fill(await authenticator.next());
    const begun = page.waitForEvent('download');
    await dialog('Second facteur').getByRole('button', { name: 'Continuer' }).click();
    const name = await link.getAttribute('download');
    expect((await begun).suggestedFilename()).toBe(name);
    expect(await (await begun).failure()).toBe(null);
  });
});
