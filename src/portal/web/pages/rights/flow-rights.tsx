import type { Rights } from '../../../schemas/rights.ts';
import { Badge } from '../../components/badge.tsx';
import { Empty } from '../../components/empty.tsx';
import { t } from '../../i18n/language.ts';
import { period } from './period.ts';

/** Flow by flow: what one does in it, and the legal acts that allow it. */
export function FlowRights({ rights: { flows } }: { readonly rights: Rights }) {
  return (
    <section class="stack" aria-label={t('rights.flows')}>
      <h2>{t('rights.flows')}</h2>
      {flows.length === 0 && <Empty icon="flow" title={t('rights.noFlows')} />}
      <ul class="cards rights-flows">
        {flows.map((flow) => (
          <FlowCard key={flow.code} flow={flow} />
        ))}
      </ul>
    </section>
  );
}

function FlowCard({ flow }: { readonly flow: Rights['flows'][number] }) {
  const { code, name, maySend, mayReceive, authorizations } = flow;
  return (
    <li class="card">
      <h3 class="rights-flow">
        <a href={`/flows/${encodeURIComponent(code)}`}>{name}</a> <code class="muted">{code}</code>
      </h3>
      <div class="row">
        {maySend && (
          <Badge tone="info" icon="send">
            {t('rights.maySend')}
          </Badge>
        )}
        {mayReceive && (
          <Badge tone="ok" icon="inbox">
            {t('rights.mayReceive')}
          </Badge>
        )}
      </div>
      {authorizations.length === 0 && <p class="muted">{t('rights.noAuthorization')}</p>}
      {authorizations.map(({ id, act, reference, purpose, from, until }) => (
        <dl class="facts rights-act" key={id}>
          <dt>{t('rights.act')}</dt>
          <dd>
            {act} <span class="muted">{reference}</span>
          </dd>
          <dt>{t('rights.purpose')}</dt>
          <dd>{purpose}</dd>
          <dt>{t('rights.period')}</dt>
          <dd>{period(from, until)}</dd>
        </dl>
      ))}
    </li>
  );
}
