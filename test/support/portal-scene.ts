import type { Locator, Page } from 'playwright-core';
import { type Browser, openBrowser } from './chromium.ts';
import { type Change, type RunningGateway, removeFolder, startGateway } from './gateway.ts';
import { WebdavClient } from './partner-client.ts';
import { portalUrl } from './portal-page.ts';
import { quickSettling } from './settle.ts';

const WAIT_MS = 10_000;
const MOST_TABS = 80;

/** One gateway with one person in Chromium, and the same person with a drive. */
export class PortalScene {
  readonly gateway: RunningGateway;
  readonly client: WebdavClient;
  readonly #browser: Browser;

  private constructor(gateway: RunningGateway, client: WebdavClient, browser: Browser) {
    this.gateway = gateway;
    this.client = client;
    this.#browser = browser;
  }

  /** @param change to files of the configuration, by path below `config/` */
  static async open(account: string, change: Readonly<Record<string, Change>> = {}): Promise<PortalScene> {
    return PortalScene.at(await startGateway({ change: { 'gateway.yaml': quickSettling, ...change } }), account);
  }

  /** The same at a gateway that runs; it is stopped with the scene. */
  static async at(gateway: RunningGateway, account: string): Promise<PortalScene> {
    const client = await WebdavClient.open(gateway, account);
    const browser = await openBrowser(gateway, account);
    browser.page.setDefaultTimeout(WAIT_MS);
    await browser.page.setViewportSize({ width: 1360, height: 860 });
    return new PortalScene(gateway, client, browser);
  }

  get page(): Page {
    return this.#browser.page;
  }

  /** Goes to a page in a language, as who chose it here before. */
  async visit(path: string, language: 'nl' | 'fr' | 'de' | 'en'): Promise<void> {
    const { page } = this;
    await page.goto(portalUrl(this.gateway, path));
    await page.getByRole('heading', { level: 1 }).waitFor();
    if ((await page.locator('html').getAttribute('lang')) === language) return;
    await page.getByRole('banner').getByRole('combobox').selectOption(language);
    await page.locator(`html[lang=${language}]`).waitFor();
  }

  /** Goes on with the key Tab until something has the focus. @throws Error where it is never reached */
  async tabTo(target: Locator): Promise<void> {
    await target.waitFor();
    for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
      await this.page.keyboard.press('Tab');
      if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return;
    }
    throw new Error(`${target} is not reached by Tab`);
  }

  async close(): Promise<void> {
    this.client.close();
    await this.#browser.close();
    await this.gateway.stop();
    await removeFolder(this.gateway);
  }
}
