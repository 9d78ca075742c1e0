import type { ApiError } from '../api/client.ts';
import { t } from '../i18n/language.ts';
import { useContactText } from '../state/contact.ts';
import { askSecondFactor } from '../state/step-up.ts';
import { Button, LinkButton } from './button.tsx';
import { Icon } from './icon.tsx';

/** A problem that the gateway told (RFC 9457): what, what to do, whom to ask, and by which reference. */
export function ProblemView({ error, onRetry }: { readonly error: ApiError; readonly onRetry?: () => void }) {
  const { problem, status } = error;
  const contact = useContactText();
  return (
    <section class="problem" role="alert">
      <Icon name="warning" />
      <div>
        <h2>{problem.title}</h2>
        <p>{problem.detail}</p>
        {problem.errors !== undefined && (
          <ul>
            {problem.errors.map(({ pointer, detail }) => (
              <li key={pointer}>{detail}</li>
            ))}
          </ul>
        )}
        {problem.reference !== undefined && (
          <p class="muted">
            {t('shell.reference')} <code>{problem.reference}</code>
          </p>
        )}
        {contact !== undefined && <p class="muted">{contact}</p>}
        <div class="row">
          {onRetry !== undefined && (
            <Button icon="refresh" onClick={onRetry}>
              {t('shell.tryAgain')}
            </Button>
          )}
          {problem.code === 'level-too-low' && (
            <Button look="primary" icon="key" onClick={() => void stepUp(onRetry)}>
              {t('shell.giveSecondFactor')}
            </Button>
          )}
          {status === 403 && problem.code !== 'level-too-low' && (
            <LinkButton href={helpUrl(problem)} icon="help">
              {t('shell.help')}
            </LinkButton>
          )}
        </div>
      </div>
    </section>
  );
}

/** What was refused is tried again; the button goes away with the problem, so the focus goes to the content. */
async function stepUp(onRetry: (() => void) | undefined): Promise<void> {
  if (!(await askSecondFactor())) return;
  onRetry?.();
  document.getElementById('main')?.focus({ preventScroll: true });
}

function helpUrl({ code, reference }: ApiError['problem']): string {
  const query = reference === undefined ? '' : `?${new URLSearchParams({ reference })}`;
  return `/help/${encodeURIComponent(code)}${query}`;
}
