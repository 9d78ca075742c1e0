import type { ComponentChildren } from 'preact';
import { isLive } from '../api/events.ts';
import { Icon, type IconName } from '../components/icon.tsx';
import { Toasts } from '../components/toasts.tsx';
import { t } from '../i18n/language.ts';
import type { Section } from '../pages/routes.ts';
import { UploadPanel } from '../uploads/panel.tsx';
import { Header } from './header.tsx';
import { StepUpDialog } from './step-up-dialog.tsx';

const LINKS: readonly { readonly section: Section; readonly href: string; readonly icon: IconName }[] = [
  { section: 'files', href: '/', icon: 'folder' },
  { section: 'submissions', href: '/submissions', icon: 'list' },
  { section: 'check', href: '/check', icon: 'shield' },
  { section: 'expected', href: '/expected', icon: 'calendar' },
  { section: 'flows', href: '/flows', icon: 'flow' },
  { section: 'rights', href: '/rights', icon: 'key' },
  { section: 'help', href: '/help', icon: 'help' },
];

/** The frame around every page: who is in, where one can go, and what has just happened. */
export function Shell({ section, children }: { readonly section: Section; readonly children: ComponentChildren }) {
  return (
    <div class="shell">
      <a class="skip" href="#main">
        {t('shell.skip')}
      </a>
      <Header />
      <div class="side">
        <nav aria-label={t('shell.navigation')}>
          <ul class="nav">
            {LINKS.map(({ section: own, href, icon }) => (
              <li key={own}>
                <a href={href} aria-current={own === section ? 'page' : undefined}>
                  <Icon name={icon} />
                  {t(`shell.nav.${own}`)}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <footer class="side-foot">
          <span class={`live${isLive.value ? ' live-on' : ''}`}>
            {t(isLive.value ? 'shell.live' : 'shell.notLive')}
          </span>
        </footer>
      </div>
      <main class="main" id="main" tabIndex={-1}>
        {children}
      </main>
      <UploadPanel />
      <Toasts />
      <StepUpDialog />
    </div>
  );
}
