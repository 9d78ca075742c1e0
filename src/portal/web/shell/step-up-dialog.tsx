import { useEffect, useRef, useState } from 'preact/hooks';
import type { SessionAnswer } from '../../schemas/session.ts';
import { type ApiError, api, asApiError } from '../api/client.ts';
import { useLoaded } from '../api/loaded.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { Field } from '../components/field.tsx';
import { Icon } from '../components/icon.tsx';
import { ProblemView } from '../components/problem.tsx';
import { Skeleton } from '../components/progress.tsx';
import { dateTime, duration, t } from '../i18n/language.ts';
import { useContactText } from '../state/contact.ts';
import { loadSession } from '../state/session.ts';
import { endAsking, isAsking } from '../state/step-up.ts';
import { tell } from '../state/toasts.ts';

type Factor = SessionAnswer['offers'][number];
type Status = Pick<SessionAnswer, 'level' | 'offers'> & { readonly until: string | null };

/** Asks for a one-time code or a password wherever something needs it. */
export function StepUpDialog() {
  return isAsking.value ? <Asking /> : null;
}

function Asking() {
  const { value, error, reload } = useLoaded<Status>('step-up', (signal) => api('GET', '/step-up', { signal }));
  const [other, setOther] = useState(false);
  const contact = useContactText();
  const close = () => endAsking(false);
  useEffect(() => {
    if (value?.level === 2) opened(value); // in another tab, meanwhile
  }, [value]);
  const offers = value?.offers ?? [];
  const factor = other ? (offers[1] ?? offers[0]) : offers[0];
  if (factor !== undefined) {
    const onOther = offers.length > 1 ? () => setOther(!other) : undefined;
    return <Asked key={factor} {...{ factor, onOther }} onClose={close} />;
  }
  return (
    <Dialog
      title={t('shell.stepUpTitle')}
      onClose={close}
      actions={<Button onClick={close}>{t('shell.close')}</Button>}
    >
      {error !== undefined && <ProblemView error={error} onRetry={reload} />}
      {value === undefined && error === undefined && <Skeleton lines={3} label={t('shell.loading')} />}
      {value !== undefined && <p role="alert">{t('help.reason.no-second-factor')}</p>}
      {value !== undefined && contact !== undefined && <p class="muted">{contact}</p>}
    </Dialog>
  );
}

function opened({ until }: Status): void {
  if (until !== null) tell('done', t('shell.stepUpOpen', { time: dateTime(until) }));
  endAsking(true);
  void loadSession();
}

/** Gives a proof; what was said against it stays until the next. */
function useProof(factor: Factor) {
  const [given, setGiven] = useState('');
  const [error, setError] = useState<ApiError>();
  const [isBusy, setBusy] = useState(false);
  const [mustWait, setMustWait] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (error === undefined) return;
    input.current?.select();
    input.current?.focus();
    if (error.retryAfterSeconds === undefined) return;
    setMustWait(true);
    const timer = setTimeout(() => setMustWait(false), error.retryAfterSeconds * 1000);
    return () => clearTimeout(timer);
  }, [error]);
  const isWrong = factor === 'totp' ? !/^\d{6}$/.test(given.replaceAll(/\s/g, '')) : given === '';
  const cannot = isWrong || isBusy || mustWait;
  const go = async () => {
    if (cannot) return;
    setBusy(true);
    try {
      opened(await api<Status>('POST', '/step-up', { body: { [factor]: given } }));
    } catch (thrown) {
      setError(asApiError(thrown));
      setBusy(false);
    }
  };
  return { given, setGiven, error, mustWait, input, cannot, go };
}

/** Apps show a code in two groups. */
const INPUT = {
  totp: { type: 'text', inputMode: 'numeric', autocomplete: 'one-time-code', maxLength: 7 },
  password: { type: 'password', autocomplete: 'current-password', maxLength: 200 },
} as const;

type AskedProps = {
  readonly factor: Factor;
  readonly onOther: (() => void) | undefined;
  readonly onClose: () => void;
};

function Asked({ factor, onOther, onClose }: AskedProps) {
  const { given, setGiven, error, mustWait, input, cannot, go } = useProof(factor);
  const isCode = factor === 'totp';
  return (
    <Dialog
      title={t('shell.stepUpTitle')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('shell.cancel')}</Button>
          <Button look="primary" icon="key" disabled={cannot} onClick={() => void go()}>
            {t('shell.stepUpGoOn')}
          </Button>
        </>
      }
    >
      <p>{t('shell.stepUpLead')}</p>
      <Field label={t(`shell.stepUp.${factor}`)} hint={t(`shell.stepUpHint.${factor}`)}>
        {(id, describedBy) => (
          <input
            ref={input}
            class="input"
            {...{ id, 'aria-describedby': describedBy, 'aria-invalid': error !== undefined }}
            {...INPUT[factor]}
            value={given}
            autoFocus
            onInput={({ currentTarget }) => setGiven(currentTarget.value)}
            onKeyDown={({ key }) => key === 'Enter' && void go()}
          />
        )}
      </Field>
      {error !== undefined && <Refusal error={error} />}
      <p class="unseen" role="status">
        {error?.retryAfterSeconds !== undefined && !mustWait && t('shell.stepUpAgain')}
      </p>
      {onOther !== undefined && (
        <div class="row">
          <Button look="quiet" small onClick={onOther}>
            {t(isCode ? 'shell.stepUpByPassword' : 'shell.stepUpByTotp')}
          </Button>
        </div>
      )}
    </Dialog>
  );
}

/** What is wrong, and how long one must wait; it is read aloud once, so the time does not run in it. */
function Refusal({ error: { problem, retryAfterSeconds } }: { readonly error: ApiError }) {
  return (
    <p class="notice notice-warn" role="alert">
      <Icon name="warning" />
      <span>
        {problem.detail}
        {retryAfterSeconds !== undefined && ` ${t('shell.stepUpWait', { time: duration(retryAfterSeconds) })}`}
      </span>
    </p>
  );
}
