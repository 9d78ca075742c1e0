import { Page } from '../../components/page.tsx';
import { t } from '../../i18n/language.ts';
import type { RouteProps } from '../routes.ts';

export default function HelpPage(_props: RouteProps) {
  return (
    <Page title={t('help.title')} lead={t('help.lead')}>
      <div class="card" />
    </Page>
  );
}
