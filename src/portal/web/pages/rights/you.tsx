import type { Rights } from '../../../schemas/rights.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { bytes, date, duration, number, t } from '../../i18n/language.ts';
import { session } from '../../state/session.ts';
import { askSecondFactor } from '../../state/step-up.ts';
import { period } from './period.ts';

type Of = { readonly rights: Rights };

/** Who it is, by which act, and how far in. */
export function You({ rights: { person, designation, regulation, level } }: Of) {
  const offers = session.value?.offers ?? [];
  return (
    <section class="card" aria-label={t('rights.you')}>
      <h2>{t('rights.you')}</h2>
      <dl class="facts">
        <dt>{t('rights.name')}</dt>
        <dd>{person}</dd>
        <dt>{t('rights.designation')}</dt>
        <dd>
          {designation === null ? (
            <span class="muted">{t('rights.noDesignation')}</span>
          ) : (
            <>
              {designation.act}
              <br />
              <span class="muted">{period(designation.from, designation.until)}</span>
            </>
          )}
        </dd>
        {regulation !== null && (
          <>
            <dt>{t('rights.regulation')}</dt>
            <dd>
              {regulation.accepted === null ? (
                <Badge tone="warn" icon="warning">
                  {t('rights.regulationOpen', { version: regulation.version })}
                </Badge>
              ) : (
                t('rights.regulationAccepted', { version: regulation.version, day: date(regulation.accepted) })
              )}
            </dd>
          </>
        )}
        <dt>{t('rights.level')}</dt>
        <dd>
          <Badge tone={level === 2 ? 'ok' : 'neutral'} icon="key">
            {t(`shell.level${level}`)}
          </Badge>
        </dd>
      </dl>
      {level === 1 && offers.length > 0 && (
        <div class="row">
          <Button onClick={() => void askSecondFactor()} icon="key">
            {t('shell.giveSecondFactor')}
          </Button>
        </div>
      )}
    </section>
  );
}

export function Limits({ rights: { limits } }: Of) {
  if (limits.length === 0) return null;
  return (
    <section class="card" aria-label={t('rights.limits')}>
      <h2>{t('rights.limits')}</h2>
      <dl class="facts rights-limits">
        {limits.map(({ name, text, value }) => [
          <dt key={name}>{text}</dt>,
          <dd key={`${name} value`}>{inItsUnit(name, value)}</dd>,
        ])}
      </dl>
    </section>
  );
}

/** The unit is part of the name, as in the configuration. */
function inItsUnit(name: string, value: number): string {
  if (/bytes/i.test(name)) return bytes(value);
  return name.endsWith('Seconds') ? duration(value) : number(value);
}
