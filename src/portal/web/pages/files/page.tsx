import { Page } from '../../components/page.tsx';
import { t } from '../../i18n/language.ts';
import type { RouteProps } from '../routes.ts';

export default function FilesPage(_props: RouteProps) {
  return (
    <Page title={t('files.title')} lead={t('files.lead')}>
      <div class="card" />
    </Page>
  );
}
