import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { runClient } from './clients.ts';
import type { RunningGateway } from './gateway.ts';
import { toolPath } from './tools.ts';

/** Root may run it only without its sandbox; the rest keeps it from speaking to anybody but the gateway. */
const SWITCHES = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];

/** A browser of one person: certificate and trusted authority stand in its own store, in a home of its own. */
export type Browser = { readonly page: Page; close(): Promise<void> };

/**
 * Starts Chromium as an account, or as somebody without a certificate. It shows its certificate to the gateway without
 * asking: that is a setting of its own profile, no policy of the machine is touched.
 */
export async function openBrowser(gateway: RunningGateway, account: string | undefined): Promise<Browser> {
  const home = await mkdtemp(join(tmpdir(), 'sluis-chromium-'));
  const profile = join(home, 'profile');
  await fillStore(join(home, '.pki/nssdb'), gateway, account);
  await mkdir(join(profile, 'Default'), { recursive: true });
  await writeFile(join(profile, 'Default/Preferences'), JSON.stringify(preferences(gateway)));
  const executablePath = toolPath('chromium');
  if (executablePath === undefined) throw new Error('chromium is not installed');
  const environment = { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', HOME: home };
  const options = { executablePath, args: SWITCHES, headless: true, acceptDownloads: true, env: environment };
  const context = await chromium.launchPersistentContext(profile, options).catch(async (error: unknown) => {
    await rm(home, { recursive: true, force: true });
    throw error;
  });
  return { page: await firstPage(context), close: () => close(context, home) };
}

/** The store of NSS, where Chromium looks for keys and authorities (Debian: libnss3-tools). */
async function fillStore(store: string, { certificates }: RunningGateway, account: string | undefined): Promise<void> {
  await mkdir(store, { recursive: true });
  const database = ['-d', `sql:${store}`];
  const authority = join(certificates, 'server-ca.pem');
  await nss('certutil', ...database, '-N', '--empty-password');
  await nss('certutil', ...database, '-A', '-t', 'C,,', '-n', 'server authority', '-i', authority);
  if (account === undefined) return;
  await nss('pk12util', ...database, '-i', join(certificates, `${account}.p12`), '-W', 'demo', '-K', '');
}

async function nss(program: 'certutil' | 'pk12util', ...words: readonly string[]): Promise<void> {
  const ended = await runClient(program, words);
  if (ended.status !== 0) throw new Error(`${program} ${words.join(' ')}: ${ended.err}`);
}

/** What the policy AutoSelectCertificateForUrls would set, in the profile itself: any certificate, for the gateway. */
function preferences({ https, internet }: RunningGateway): object {
  const rules = [https, internet].map((port) => [`https://localhost:${port},*`, { setting: { filters: [{}] } }]);
  return { profile: { content_settings: { exceptions: { auto_select_certificate: Object.fromEntries(rules) } } } };
}

async function firstPage(context: BrowserContext): Promise<Page> {
  return context.pages()[0] ?? (await context.newPage());
}

async function close(context: BrowserContext, home: string): Promise<void> {
  await context.close();
  await rm(home, { recursive: true, force: true, maxRetries: 5 }); // its processes may still write while they end
}
