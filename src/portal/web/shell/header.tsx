import type { Language } from '../../schemas/common.ts';
import type { SessionAnswer } from '../../schemas/session.ts';
import { Badge } from '../components/badge.tsx';
import { Button, IconButton } from '../components/button.tsx';
import { Select } from '../components/field.tsx';
import { Icon } from '../components/icon.tsx';
import { Logo } from '../components/logo.tsx';
import { chooseLanguage, date, dateTime, LANGUAGE_NAMES, language, t } from '../i18n/language.ts';
import { session } from '../state/session.ts';
import { askSecondFactor } from '../state/step-up.ts';
import { switchTheme, theme } from '../state/theme.ts';

const PANEL = 'account-panel';
const ALL: readonly Language[] = ['nl', 'fr', 'de', 'en'];

/** Product, partner, language, light or dark, and who is in. */
export function Header() {
  const who = session.value;
  const offered = who?.languages ?? ALL;
  return (
    <header class="head">
      <a class="brand" href="/">
        <Logo />
        {t('shell.product')}
      </a>
      {who !== undefined && <span class="head-partner">{who.principal.partnerName}</span>}
      <span class="grow" />
      <Select
        label={t('shell.language')}
        value={language.value}
        options={offered.map((one) => ({ value: one, text: one.toUpperCase() }))}
        onChange={(chosen) => void chooseLanguage(chosen as Language)}
      />
      <IconButton
        icon={theme.value === 'dark' ? 'sun' : 'moon'}
        label={t(theme.value === 'dark' ? 'shell.toLight' : 'shell.toDark')}
        onClick={switchTheme}
      />
      {who !== undefined && <Account who={who} />}
    </header>
  );
}

/** The panel closes first, so that the focus comes back to what opened it. */
function stepUp(): void {
  document.getElementById(PANEL)?.hidePopover();
  void askSecondFactor();
}

/** Who is in, how he came in and how far; by which certificate. */
function Account({ who }: { readonly who: SessionAnswer }) {
  const { principal, certificate } = who;
  return (
    <>
      <button
        type="button"
        class="button button-quiet head-person"
        popoverTarget={PANEL}
        aria-label={t('shell.account', { name: principal.name })}
      >
        <Icon name="users" />
        <span>{principal.name}</span>
      </button>
      <div class="panel" popover="auto" id={PANEL} role="dialog" aria-label={t('shell.accountTitle')}>
        <div>
          <h2>{principal.name}</h2>
          <p class="muted">
            {principal.id}@{principal.partner} · {principal.partnerName}
          </p>
        </div>
        <dl class="facts">
          <dt>{t('shell.cameBy')}</dt>
          <dd>
            {t(`shell.method.${who.accessMethod}`)} <span class="muted">({who.remoteAddress})</span>
          </dd>
          <dt>{t('shell.level')}</dt>
          <dd>
            <Badge tone={who.level === 2 ? 'ok' : 'neutral'}>{t(`shell.level${who.level}`)}</Badge>
            {who.levelUntil !== null && (
              <span class="muted"> {t('shell.until', { time: dateTime(who.levelUntil) })}</span>
            )}
          </dd>
          {certificate !== null && (
            <>
              <dt>{t('shell.certificate')}</dt>
              <dd>
                {certificate.subject}
                <br />
                <span class="muted">{t('shell.validUntil', { day: date(certificate.notAfter) })}</span>
              </dd>
            </>
          )}
          <dt>{t('shell.language')}</dt>
          <dd>{LANGUAGE_NAMES[language.value]}</dd>
        </dl>
        {who.level === 1 && who.offers.length > 0 && (
          <Button look="primary" icon="key" onClick={stepUp}>
            {t('shell.giveSecondFactor')}
          </Button>
        )}
      </div>
    </>
  );
}
