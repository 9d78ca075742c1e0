import { t } from '../../i18n/language.ts';
import { session } from '../../state/session.ts';

/** Who helps, and what he will ask. The partner's file names him. */
export function Contact({ reference }: { readonly reference: string | undefined }) {
  const who = session.value;
  return (
    <aside class="card help-contact" aria-label={t('help.who')}>
      <h2>{t('help.who')}</h2>
      {who === undefined ? (
        <p>{t('help.noContact')}</p>
      ) : (
        <dl class="facts">
          <dt class="unseen">{t('help.who')}</dt>
          <dd class="help-name">{who.contact.name}</dd>
          <dt>{t('help.telephone')}</dt>
          <dd>
            <a href={`tel:${who.contact.telephone.replaceAll(' ', '')}`}>{who.contact.telephone}</a>
          </dd>
          <dt>{t('help.email')}</dt>
          <dd>
            <a href={`mailto:${who.contact.email}`}>{who.contact.email}</a>
          </dd>
        </dl>
      )}
      {(who !== undefined || reference !== undefined) && <h3>{t('help.tell')}</h3>}
      <dl class="facts">
        {reference !== undefined && (
          <>
            <dt>{t('help.reference')}</dt>
            <dd>
              <code>{reference}</code>
              <p class="muted small">{t('help.referenceWhy')}</p>
            </dd>
          </>
        )}
        {who !== undefined && (
          <>
            <dt>{t('help.account')}</dt>
            <dd>
              <code>
                {who.principal.id}@{who.principal.partner}
              </code>
            </dd>
            <dt>{t('help.address')}</dt>
            <dd>
              <code>{who.remoteAddress}</code> <span class="muted">({t(`shell.method.${who.accessMethod}`)})</span>
            </dd>
            {who.certificate !== null && (
              <>
                <dt>{t('help.certificateOf')}</dt>
                <dd>{who.certificate.subject}</dd>
              </>
            )}
          </>
        )}
      </dl>
    </aside>
  );
}
