import { t } from '../i18n/language.ts';
import { Icon } from './icon.tsx';

export type Crumb = { readonly text: string; readonly href: string };

/** The way down to where one is; the last is the page itself. */
export function Breadcrumb({ crumbs }: { readonly crumbs: readonly Crumb[] }) {
  return (
    <nav class="breadcrumb" aria-label={t('shell.breadcrumb')}>
      <ol>
        {crumbs.map(({ text, href }, index) => (
          <li key={href}>
            {index > 0 && <Icon name="chevron-right" class="muted" />}
            {index === crumbs.length - 1 ? <span aria-current="page">{text}</span> : <a href={href}>{text}</a>}
          </li>
        ))}
      </ol>
    </nav>
  );
}
