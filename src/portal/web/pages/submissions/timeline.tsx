import type { SubmissionDetail } from '../../../schemas/submissions.ts';
import { exactTime, t } from '../../i18n/language.ts';

/** What happened when, and by whom where it was not the hub. */
export function Timeline({ one: { timeline } }: { readonly one: SubmissionDetail }) {
  return (
    <section class="card" aria-label={t('submissions.timeline')}>
      <h2>{t('submissions.timeline')}</h2>
      <ol class="timeline">
        {timeline.map(({ at, event, text, by }) => (
          <li key={`${at} ${event} ${text}`}>
            <time dateTime={at} class="muted small">
              {exactTime(at)}
            </time>
            <p>
              {text}
              {by !== null && <span class="muted"> {t('submissions.by', { who: by })}</span>}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}
