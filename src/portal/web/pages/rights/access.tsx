import type { Rights } from '../../../schemas/rights.ts';
import { Badge, type Tone } from '../../components/badge.tsx';
import type { IconName } from '../../components/icon.tsx';
import { t, textIfAny } from '../../i18n/language.ts';
import { period } from './period.ts';

type Of = { readonly rights: Rights };

/** From where he may come in, and why not elsewhere. */
export function Access({ rights: { access } }: Of) {
  return (
    <section class="card" aria-label={t('rights.access')}>
      <h2>{t('rights.access')}</h2>
      <p class="muted">{t('rights.accessLead')}</p>
      <ul class="rights-list">
        {access.map(({ method, address, allowed, why }) => (
          <li key={`${method} ${address}`}>
            <div class="row">
              <strong>{t(`shell.method.${method}`)}</strong>
              {address !== '' && <code class="muted">{address}</code>}
              <span class="grow" />
              <Badge tone={allowed ? 'ok' : 'neutral'} icon={allowed ? 'check' : 'lock'}>
                {t(allowed ? 'rights.allowed' : 'rights.notAllowed')}
              </Badge>
            </div>
            <p class="muted small">{why}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

const EXCEPTIONS: Readonly<Record<string, { readonly tone: Tone; readonly icon: IconName }>> = {
  active: { tone: 'ok', icon: 'check' },
  ended: { tone: 'neutral', icon: 'close' },
};
const OPEN = { tone: 'info', icon: 'clock' } as const;

export function Exceptions({ rights: { exceptions } }: Of) {
  return (
    <section class="card" aria-label={t('rights.exceptions')}>
      <h2>{t('rights.exceptions')}</h2>
      {exceptions.length === 0 && <p class="muted">{t('rights.noExceptions')}</p>}
      <ul class="rights-list">
        {exceptions.map(({ id, state, flow, act, from, until, text }) => (
          <li key={id}>
            <div class="row">
              <strong>{flow ?? id}</strong>
              <span class="muted">{act}</span>
              <span class="grow" />
              <Badge {...(EXCEPTIONS[state] ?? OPEN)}>{textIfAny(`rights.exception.${state}`) ?? state}</Badge>
            </div>
            <p>{text}</p>
            <p class="muted small">
              {period(from, until)} · {id}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
