import { Page } from '../../components/page.tsx';
import { t } from '../../i18n/language.ts';
import type { RouteProps } from '../routes.ts';

export default function CheckPage(_props: RouteProps) {
  return (
    <Page title={t('check.title')} lead={t('check.lead')}>
      <div class="card" />
    </Page>
  );
}
