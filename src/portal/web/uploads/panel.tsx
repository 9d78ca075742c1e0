import { useEffect, useState } from 'preact/hooks';
import { Badge, type Tone } from '../components/badge.tsx';
import { Button, IconButton } from '../components/button.tsx';
import { Icon } from '../components/icon.tsx';
import { Progress } from '../components/progress.tsx';
import { bytes, duration, percent, speed, t } from '../i18n/language.ts';
import {
  awaited,
  cancelUpload,
  clearEnded,
  keepExisting,
  pauseUpload,
  replaceExisting,
  resumeUpload,
  startOver,
  type Upload,
  uploads,
} from './manager.ts';
import { isEnded, isRunning, type UploadState } from './order.ts';

/** Files on their way, on whatever page one is. */
export function UploadPanel() {
  const [isOpen, setOpen] = useState(true);
  const all = uploads.value;
  const ended = all.filter(isEnded).length;
  useEffect(() => {
    if (all.length === 0) setOpen(true);
  }, [all.length]);
  if (all.length === 0) return null;
  const done = all.filter(({ state }) => state === 'done').length;
  const title = t('files.uploadsTitle', { done, count: all.length });
  return (
    <section class="uploads" aria-label={t('files.uploads')}>
      <header class="uploads-head">
        <h2>{title}</h2>
        {ended > 0 && (
          <Button look="quiet" small onClick={clearEnded}>
            {t('files.clearEnded')}
          </Button>
        )}
        <button
          type="button"
          class="button button-quiet button-icon"
          aria-expanded={isOpen}
          aria-label={t(isOpen ? 'files.hideUploads' : 'files.showUploads')}
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name="chevron-down" class={isOpen ? '' : 'turned'} />
        </button>
      </header>
      <p class="unseen" role="status">
        {title}
      </p>
      {isOpen && (
        <ul class="uploads-list">
          {all.map((upload) => (
            <UploadRow key={upload.id} upload={upload} />
          ))}
        </ul>
      )}
    </section>
  );
}

const TONES: Readonly<Record<UploadState, Tone>> = {
  waiting: 'neutral',
  preparing: 'info',
  sending: 'info',
  retrying: 'warn',
  paused: 'neutral',
  exists: 'warn',
  'other-held': 'warn',
  failed: 'danger',
  cancelled: 'neutral',
  done: 'ok',
};

function UploadRow({ upload }: { readonly upload: Upload }) {
  const { state, sentBytes, error, sha256, ticket } = upload.view.value;
  const { name, file } = upload;
  const share = file.size === 0 ? (state === 'done' ? 1 : 0) : sentBytes / file.size;
  return (
    <li class="upload" aria-label={name}>
      <div class="upload-line">
        <strong class="upload-name grow" title={upload.path}>
          {name}
        </strong>
        <Badge tone={TONES[state]}>{t(`files.upload.${state}`)}</Badge>
        <Buttons upload={upload} state={state} />
      </div>
      {state !== 'done' && <Progress share={share} label={t('files.progressOf', { name })} />}
      <p class="muted small upload-facts">
        <Facts upload={upload} share={share} />
      </p>
      {error !== undefined && state !== 'exists' && <p class="small upload-error">{error.problem.detail}</p>}
      {sha256 !== undefined && (
        <p class="small muted">
          SHA-256 <code class="upload-sum">{sha256}</code>
        </p>
      )}
      {ticket !== undefined && (
        <p class="small">
          <a class="upload-follow" href={`/submissions/${ticket}`}>
            {t('files.follow', { ticket })}
          </a>
        </p>
      )}
      <Question upload={upload} state={state} />
    </li>
  );
}

/** How much, how fast and how long still; or what is waited for. */
function Facts({ upload, share }: { readonly upload: Upload; readonly share: number }) {
  const { state, sentBytes, bytesPerSecond } = upload.view.value;
  const total = upload.file.size;
  if (state === 'done') return <>{bytes(total)}</>;
  const waitsFor = state === 'waiting' ? awaited(upload) : [];
  if (waitsFor.length > 0) return <>{t('files.goWaits', { count: waitsFor.length, name: waitsFor[0]?.name ?? '' })}</>;
  const facts = [t('files.ofTotal', { part: bytes(sentBytes), total: bytes(total) }), percent(share)];
  if (state === 'sending' && bytesPerSecond !== undefined && bytesPerSecond > 0) {
    facts.push(speed(bytesPerSecond));
    facts.push(t('files.timeLeft', { time: duration((total - sentBytes) / bytesPerSecond) }));
  }
  return <>{facts.join(' · ')}</>;
}

function Buttons({ upload, state }: { readonly upload: Upload; readonly state: UploadState }) {
  const { name } = upload;
  const again = state === 'paused' || state === 'failed' || state === 'cancelled';
  return (
    <span class="upload-buttons">
      {(isRunning({ state }) || state === 'waiting') && (
        <IconButton icon="pause" label={t('files.pause', { name })} onClick={() => pauseUpload(upload)} />
      )}
      {again && (
        <IconButton
          icon={state === 'paused' ? 'play' : 'refresh'}
          label={t(state === 'paused' ? 'files.resume' : 'files.retry', { name })}
          onClick={() => resumeUpload(upload)}
        />
      )}
      {state !== 'done' && state !== 'cancelled' && (
        <IconButton icon="close" label={t('files.cancelUpload', { name })} onClick={() => void cancelUpload(upload)} />
      )}
    </span>
  );
}

/** What only the reader can decide. */
function Question({ upload, state }: { readonly upload: Upload; readonly state: UploadState }) {
  if (state === 'exists') {
    return (
      <div class="row">
        <span class="small grow">{t('files.existsQuestion')}</span>
        <Button small onClick={() => keepExisting(upload)}>
          {t('files.keep')}
        </Button>
        <Button small look="danger" onClick={() => void replaceExisting(upload)}>
          {t('files.replace')}
        </Button>
      </div>
    );
  }
  if (state !== 'other-held') return null;
  return (
    <div class="row">
      <span class="small grow">{t('files.otherHeldQuestion')}</span>
      <Button small look="danger" onClick={() => startOver(upload)}>
        {t('files.startOver')}
      </Button>
    </div>
  );
}
