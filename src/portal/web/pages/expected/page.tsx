import { Page } from '../../components/page.tsx';
import { t } from '../../i18n/language.ts';
import type { RouteProps } from '../routes.ts';

export default function ExpectedPage(_props: RouteProps) {
  return (
    <Page title={t('expected.title')} lead={t('expected.lead')}>
      <div class="card" />
    </Page>
  );
}
