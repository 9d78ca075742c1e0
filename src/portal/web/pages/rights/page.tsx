import { Page } from '../../components/page.tsx';
import { t } from '../../i18n/language.ts';
import type { RouteProps } from '../routes.ts';

export default function RightsPage(_props: RouteProps) {
  return (
    <Page title={t('rights.title')} lead={t('rights.lead')}>
      <div class="card" />
    </Page>
  );
}
