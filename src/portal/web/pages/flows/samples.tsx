import type { Flow } from '../../../schemas/flows.ts';
import { apiUrl } from '../../api/client.ts';
import { LinkButton } from '../../components/button.tsx';
import { Empty } from '../../components/empty.tsx';
import { t } from '../../i18n/language.ts';

/** Files to try with. */
export function Samples({ flow: { code, samples } }: { readonly flow: Flow }) {
  if (samples.length === 0) return <Empty icon="file" title={t('flows.sampleNone')} />;
  return (
    <section class="card" aria-label={t('flows.tab.samples')}>
      <p>{t('flows.sampleLead')}</p>
      {samples.map((name) => (
        <div key={name} class="row">
          <LinkButton
            icon="download"
            href={apiUrl(`/flows/${encodeURIComponent(code)}/samples/${encodeURIComponent(name)}`)}
            download={name}
          >
            {t('flows.sampleTake', { name })}
          </LinkButton>
        </div>
      ))}
    </section>
  );
}
