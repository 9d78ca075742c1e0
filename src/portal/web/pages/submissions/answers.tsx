import { useRef, useState } from 'preact/hooks';
import type { SubmissionDetail, Verification } from '../../../schemas/submissions.ts';
import { api, apiUrl, asApiError } from '../../api/client.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { exactTime, t } from '../../i18n/language.ts';
import { onDownload } from '../../state/download.ts';
import { tell } from '../../state/toasts.ts';
import { type AnswerFile, signatureOf, tellingFiles } from './answer-files.ts';

type Verdict = Verification['files'][number];

/** Receipt and notification, each with its signature; and whether they are what the hub signed. */
export function Answers({ one }: { readonly one: SubmissionDetail }) {
  const [verdicts, setVerdicts] = useState<ReadonlyMap<string, Verdict>>(new Map());
  const [busy, setBusy] = useState(false);
  const all = [...one.receipt, ...one.notification];
  const verify = async (copy?: File) => {
    setBusy(true);
    try {
      const { files } = await api<Verification>('POST', `/submissions/${one.ticket}/verify`, {
        ...(copy === undefined ? {} : { query: { name: copy.name }, body: new Blob([copy]) }),
      });
      setVerdicts((before) => new Map([...before, ...files.map((file) => [file.name, file] as const)]));
      const bad = files.filter(({ valid }) => !valid).length;
      if (bad === 0) tell('done', t('submissions.verifiedAll', { count: files.length }));
      else tell('trouble', t('submissions.verifiedBad', { count: bad }));
    } catch (error) {
      tell('trouble', asApiError(error).problem.detail);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="card" aria-label={t('submissions.answersTitle')}>
      <h2>{t('submissions.answersTitle')}</h2>
      {all.length === 0 && <p class="muted">{t('submissions.answersNone')}</p>}
      <ul class="answers">
        {tellingFiles(one.receipt).map((file) => (
          <Answer key={file.name} {...{ file, all, one }} kind="receipt" verdict={verdicts.get(file.name)} />
        ))}
        {tellingFiles(one.notification).map((file) => (
          <Answer key={file.name} {...{ file, all, one }} kind="notification" verdict={verdicts.get(file.name)} />
        ))}
      </ul>
      {all.length > 0 && (
        <div class="row">
          <Button icon="shield" disabled={busy} onClick={() => void verify()}>
            {t('submissions.verify')}
          </Button>
          <CopyButton onChoose={(copy) => void verify(copy)} />
        </div>
      )}
    </section>
  );
}

type AnswerProps = {
  readonly one: SubmissionDetail;
  readonly file: AnswerFile;
  readonly all: readonly AnswerFile[];
  readonly kind: 'receipt' | 'notification';
  readonly verdict: Verdict | undefined;
};

function Answer({ one, file, all, kind, verdict }: AnswerProps) {
  const signature = signatureOf(file, all);
  const urlOf = ({ name }: AnswerFile) => apiUrl(`/submissions/${one.ticket}/answers/${encodeURIComponent(name)}`);
  const asking = ({ name, path }: AnswerFile, url: string) =>
    path === null ? {} : { onClick: onDownload(path, name, url) };
  return (
    <li class="answer">
      <div class="row">
        <strong class="grow">{t(kind === 'receipt' ? 'submissions.receipt' : 'submissions.notification')}</strong>
        {verdict !== undefined && (
          <Badge tone={verdict.valid ? 'ok' : 'danger'} icon={verdict.valid ? 'check-circle' : 'alert-circle'}>
            {t(verdict.valid ? 'submissions.good' : 'submissions.bad')}
          </Badge>
        )}
      </div>
      <p class="row small">
        <a
          href={urlOf(file)}
          download={file.name}
          aria-label={t('submissions.take', { name: file.name })}
          {...asking(file, urlOf(file))}
        >
          <Icon name="download" /> {file.name}
        </a>
        {signature !== undefined && (
          <a href={urlOf(signature)} download={signature.name} {...asking(signature, urlOf(signature))}>
            <Icon name="key" /> {t('submissions.signature')}
            <span class="unseen">: {signature.name}</span>
          </a>
        )}
      </p>
      {verdict !== undefined && <Verified verdict={verdict} />}
    </li>
  );
}

/** Who signed, when, and whether these are the bytes. */
function Verified({ verdict: { signer, signedAt, digestMatches, problems } }: { readonly verdict: Verdict }) {
  return (
    <ul class="plain-list small muted">
      {signer !== null && (
        <li>
          {t('submissions.signedBy', { signer })}
          {signedAt !== null && ` ${t('submissions.signedAt', { time: exactTime(signedAt) })}`}
        </li>
      )}
      <li>{t(digestMatches ? 'submissions.digestMatches' : 'submissions.digestDiffers')}</li>
      {problems.map((problem) => (
        <li key={problem} class="answer-problem">
          {problem}
        </li>
      ))}
    </ul>
  );
}

/** An answer that the reader kept, by its name, held against what the hub signed. */
function CopyButton({ onChoose }: { readonly onChoose: (copy: File) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file !== undefined) onChoose(file);
          currentTarget.value = '';
        }}
      />
      <Button look="quiet" onClick={() => input.current?.click()}>
        {t('submissions.verifyCopy')}
      </Button>
    </>
  );
}
