import { t } from '../i18n/language.ts';
import { dismiss, toasts } from '../state/toasts.ts';
import { IconButton } from './button.tsx';
import { Icon } from './icon.tsx';

/** What has just been done or gone wrong. It stands in the page from the start, so that screen readers listen to it. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, kind, text }) => (
        <div class={`toast toast-${kind}`} key={id}>
          <Icon name={kind === 'done' ? 'check-circle' : 'warning'} />
          <p>{text}</p>
          <IconButton icon="close" label={t('shell.close')} onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
