import './check.css';
import { useRef, useState } from 'preact/hooks';
import type { Flows } from '../../../schemas/flows.ts';
import type { DryRun } from '../../../schemas/submissions.ts';
import { type ApiError, api, asApiError } from '../../api/client.ts';
import { useLoaded } from '../../api/loaded.ts';
import { Button } from '../../components/button.tsx';
import { Empty } from '../../components/empty.tsx';
import { Field } from '../../components/field.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemView } from '../../components/problem.tsx';
import { Progress, Skeleton } from '../../components/progress.tsx';
import { duration, t } from '../../i18n/language.ts';
import { location } from '../../state/router.ts';
import { throughStepUp } from '../../state/step-up.ts';
import type { RouteProps } from '../routes.ts';
import { FileChooser } from './file-chooser.tsx';
import { Verdict } from './verdict.tsx';

type Step =
  | { readonly kind: 'choosing' }
  | { readonly kind: 'checking'; readonly name: string; readonly aborter: AbortController }
  | { readonly kind: 'checked'; readonly run: DryRun }
  | { readonly kind: 'failed'; readonly error: ApiError; readonly file: File };

/** Checks a file with the real rules; nothing is delivered. */
export default function CheckPage(_props: RouteProps) {
  const { value, error, reload } = useLoaded<Flows>('flows', (signal) => api('GET', '/flows', { signal }));
  return (
    <Page title={t('check.title')} lead={t('check.lead')}>
      <NothingIsDelivered />
      {error !== undefined && <ProblemView error={error} onRetry={reload} />}
      {value === undefined && error === undefined && <Skeleton lines={4} label={t('shell.loading')} />}
      {value !== undefined && <Checking flows={value.items.filter(({ sends }) => sends)} />}
    </Page>
  );
}

function NothingIsDelivered() {
  return (
    <div class="notice check-promise">
      <Icon name="shield" />
      <div>
        <strong>{t('check.promise')}</strong>
        <p>{t('check.promiseLead')}</p>
      </div>
    </div>
  );
}

function Checking({ flows }: { readonly flows: Flows['items'] }) {
  const [flow, setFlow] = useState(() => chosenAtFirst(flows));
  const [step, setStep] = useState<Step>({ kind: 'choosing' });
  const result = useRef<HTMLDivElement>(null);
  if (flows.length === 0) return <Empty icon="shield" title={t('check.noFlows')} />;
  const check = async (file: File) => {
    const aborter = new AbortController();
    setStep({ kind: 'checking', name: file.name, aborter });
    const query = { name: file.name, flow: flow === '' ? undefined : flow };
    const asked = { query, body: new Blob([file]), signal: aborter.signal };
    try {
      const run = await throughStepUp(() => api<DryRun>('POST', '/dry-runs', asked));
      setStep({ kind: 'checked', run });
    } catch (thrown) {
      if (aborter.signal.aborted) return;
      setStep({ kind: 'failed', error: asApiError(thrown), file });
    }
    result.current?.focus();
  };
  return (
    <>
      <div class="card check-form">
        <Field label={t('check.flow')}>
          {(id) => (
            <select id={id} class="input" value={flow} onChange={({ currentTarget }) => setFlow(currentTarget.value)}>
              {flows.length > 1 && <option value="">{t('check.flowByName')}</option>}
              {flows.map(({ code, name }) => (
                <option key={code} value={code}>
                  {code} – {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <FileChooser disabled={step.kind === 'checking'} onFile={(file) => void check(file)} />
      </div>
      <div ref={result} tabIndex={-1} class="stack check-result" aria-live="polite">
        {step.kind === 'checking' && (
          <div class="card">
            <p>{t('check.checking', { name: step.name })}</p>
            <Progress share={undefined} label={t('check.checking', { name: step.name })} />
            <div class="row">
              <Button
                onClick={() => {
                  step.aborter.abort();
                  setStep({ kind: 'choosing' });
                }}
              >
                {t('check.stop')}
              </Button>
            </div>
          </div>
        )}
        {step.kind === 'failed' && <Failed error={step.error} onRetry={() => void check(step.file)} />}
        {step.kind === 'checked' && <Verdict run={step.run} />}
      </div>
    </>
  );
}

function Failed({ error, onRetry }: { readonly error: ApiError; readonly onRetry: () => void }) {
  return (
    <>
      <ProblemView error={error} onRetry={onRetry} />
      {error.retryAfterSeconds !== undefined && <p>{t('check.wait', { time: duration(error.retryAfterSeconds) })}</p>}
    </>
  );
}

/** The flow that the address names, or the only one there is. */
function chosenAtFirst(flows: Flows['items']): string {
  const asked = location.peek().query.get('flow');
  if (flows.some(({ code }) => code === asked)) return asked ?? '';
  return flows.length === 1 ? (flows[0]?.code ?? '') : '';
}
