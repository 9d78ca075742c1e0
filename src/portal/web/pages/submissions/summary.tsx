import '../../components/outcome.css';
import type { SubmissionDetail } from '../../../schemas/submissions.ts';
import { LinkButton } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { bytes, exactTime, t } from '../../i18n/language.ts';
import { browseUrl } from '../../state/router.ts';
import { parentOf } from '../files/paths.ts';
import { useIntake } from './intake.ts';

type Of = { readonly one: SubmissionDetail };

const NEEDS_WORK: ReadonlySet<SubmissionDetail['state']> = new Set(['rejected', 'partially-accepted', 'cancelled']);

/** What the sender can do next; where something has to be sent anew, the way to the folder for it. */
export function WhatNow({ one }: Of) {
  const needsWork = NEEDS_WORK.has(one.state);
  const { path, flow, environment, receipt } = one;
  const isGone = needsWork && path === null;
  const intake = useIntake(isGone ? { flow, environment, beside: receipt[0]?.path } : undefined);
  const folder = path === null ? intake : parentOf(path);
  const isGood = one.state === 'accepted';
  return (
    <section class={`notice${needsWork ? ' notice-warn' : ''} what-now`} aria-label={t('submissions.whatNow')}>
      <Icon name={needsWork ? 'warning' : isGood ? 'check-circle' : 'clock'} />
      <p class="grow">{one.next}</p>
      {needsWork && folder !== undefined && (
        <LinkButton look="primary" icon="send" href={browseUrl(folder)}>
          {t('submissions.correct')}
        </LinkButton>
      )}
    </section>
  );
}

/** What is wrong with the file as a whole, and which files of its set did not come. */
export function WholeFile({
  one: { errors, missing },
}: {
  readonly one: Pick<SubmissionDetail, 'errors' | 'missing'>;
}) {
  if (errors.length === 0 && missing.length === 0) return null;
  return (
    <section class="problem" aria-label={t('submissions.wholeFile')}>
      <Icon name="alert-circle" />
      <div>
        <h2>{t('submissions.wholeFile')}</h2>
        <ul class="plain-list">
          {errors.map(({ code, text }) => (
            <li key={code}>
              <code>{code}</code> {text}
            </li>
          ))}
        </ul>
        {missing.length > 0 && (
          <>
            <h3>{t('submissions.missing')}</h3>
            <ul class="plain-list">
              {missing.map((name) => (
                <li key={name}>
                  <code>{name}</code>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  );
}

/** How many records were taken and how many not, as a bar and in words. */
export function Records({ one: { records } }: { readonly one: Pick<SubmissionDetail, 'records'> }) {
  if (records === null) return null;
  const { total, accepted, refused, withoutReceiver } = records;
  return (
    <section class="card counts" aria-label={t('submissions.column.records')}>
      <p class="counts-total">{t('submissions.total', { count: total })}</p>
      <div class="counts-bar" aria-hidden="true">
        <Share part={accepted} of={total} kind="ok" />
        <Share part={refused} of={total} kind="danger" />
      </div>
      <ul class="counts-legend">
        <li class="counts-ok">{t('submissions.accepted', { count: accepted })}</li>
        <li class="counts-danger">{t('submissions.refused', { count: refused })}</li>
        {withoutReceiver > 0 && (
          <li class="counts-neutral">{t('submissions.withoutReceiver', { count: withoutReceiver })}</li>
        )}
      </ul>
    </section>
  );
}

function Share({ part, of, kind }: { readonly part: number; readonly of: number; readonly kind: string }) {
  if (part === 0 || of === 0) return null;
  return <span class={`counts-share counts-${kind}`} style={{ flexGrow: `${part / of}` }} />;
}

export function Facts({ one }: Of) {
  return (
    <section class="card" aria-label={t('submissions.facts')}>
      <h2>{t('submissions.facts')}</h2>
      <dl class="facts">
        <dt>{t('submissions.ticket')}</dt>
        <dd>
          <code>{one.ticket}</code>
        </dd>
        <dt>{t('submissions.flow')}</dt>
        <dd>
          {one.flow === 'unknown' ? (
            one.flowName
          ) : (
            <a href={`/flows/${encodeURIComponent(one.flow)}`}>
              {one.flowName} ({one.flow})
            </a>
          )}
        </dd>
        <dt>{t('submissions.environment')}</dt>
        <dd>{t(`submissions.environment.${one.environment}`)}</dd>
        <dt>{t('submissions.receivedAt')}</dt>
        <dd>{exactTime(one.receivedAt)}</dd>
        <dt>{t('submissions.answeredAt')}</dt>
        <dd>{one.answeredAt === null ? t('submissions.notYet') : exactTime(one.answeredAt)}</dd>
        <dt>{t('submissions.size')}</dt>
        <dd>{bytes(one.size)}</dd>
        <dt>{t('submissions.checksum')}</dt>
        <dd>
          <code>{one.sha256}</code>
        </dd>
        {one.path !== null && (
          <>
            <dt>{t('submissions.fileNow')}</dt>
            <dd>
              <a href={browseUrl(parentOf(one.path))}>{t('submissions.openFolder')}</a>
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}
