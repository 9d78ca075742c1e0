import { Page } from '../../components/page.tsx';
import { t } from '../../i18n/language.ts';
import type { RouteProps } from '../routes.ts';

export default function SubmissionsPage(_props: RouteProps) {
  return (
    <Page title={t('submissions.title')} lead={t('submissions.lead')}>
      <div class="card" />
    </Page>
  );
}
