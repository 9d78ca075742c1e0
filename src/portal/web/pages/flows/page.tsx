import { Page } from '../../components/page.tsx';
import { t } from '../../i18n/language.ts';
import type { RouteProps } from '../routes.ts';

export default function FlowsPage(_props: RouteProps) {
  return (
    <Page title={t('flows.title')} lead={t('flows.lead')}>
      <div class="card" />
    </Page>
  );
}
