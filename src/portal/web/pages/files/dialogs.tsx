import { useState } from 'preact/hooks';
import type { Entry } from '../../../schemas/files.ts';
import { type ApiError, api, asApiError } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import { Icon } from '../../components/icon.tsx';
import { bytes, dateTime, t } from '../../i18n/language.ts';
import { throughStepUp } from '../../state/step-up.ts';
import { tell } from '../../state/toasts.ts';
import type { Given } from '../../uploads/dropped.ts';
import { childOf, parentOf } from './paths.ts';

type Done = { readonly onClose: () => void; readonly onDone: () => void };

/** A new folder in this one. */
export function NewFolderDialog({ folder, onClose, onDone }: Done & { readonly folder: string }) {
  return (
    <NameDialog
      title={t('files.newFolder')}
      label={t('files.folderName')}
      action={t('files.make')}
      initial=""
      onClose={onClose}
      onName={async (name) => {
        await api('POST', '/folder', { body: { path: childOf(folder, name) } });
        tell('done', t('files.folderMade', { name }));
        onDone();
      }}
    />
  );
}

/** Another name in the same folder. */
export function RenameDialog({ entry, onClose, onDone }: Done & { readonly entry: Entry }) {
  return (
    <NameDialog
      title={t('files.renameTitle', { name: entry.name })}
      label={t('files.newName')}
      action={t('files.rename')}
      initial={entry.name}
      onClose={onClose}
      onName={async (name) => {
        const to = childOf(parentOf(entry.path), name);
        const headers: Record<string, string> = entry.etag === null ? {} : { 'If-Match': `"${entry.etag}"` };
        await api('POST', '/move', { body: { from: entry.path, to, overwrite: false }, headers });
        tell('done', t('files.renamed', { from: entry.name, to: name }));
        onDone();
      }}
    />
  );
}

type NameDialogProps = {
  readonly title: string;
  readonly label: string;
  readonly action: string;
  readonly initial: string;
  readonly onClose: () => void;
  readonly onName: (name: string) => Promise<void>;
};

function NameDialog({ title, label, action, initial, onClose, onName }: NameDialogProps) {
  const [name, setName] = useState(initial);
  const [error, setError] = useState<ApiError>();
  const [isBusy, setBusy] = useState(false);
  const isWrong = name.trim() === '' || name.includes('/') || name === initial;
  const go = async () => {
    if (isWrong || isBusy) return;
    setBusy(true);
    try {
      await throughStepUp(() => onName(name.trim()));
      onClose();
    } catch (thrown) {
      setError(asApiError(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('shell.cancel')}</Button>
          <Button look="primary" disabled={isWrong || isBusy} onClick={() => void go()}>
            {action}
          </Button>
        </>
      }
    >
      <Field label={label}>
        {(id) => (
          <input
            id={id}
            class="input"
            value={name}
            maxLength={255}
            spellcheck={false}
            autocomplete="off"
            autoFocus
            onInput={(event) => setName(event.currentTarget.value)}
            onKeyDown={(event) => event.key === 'Enter' && void go()}
          />
        )}
      </Field>
      {error !== undefined && (
        <p class="notice notice-warn" role="alert">
          <Icon name="warning" />
          <span>{error.problem.detail}</span>
        </p>
      )}
    </Dialog>
  );
}

/** Asks before files and folders are removed, and removes them one after the other. */
export function DeleteDialog({ entries, onClose, onDone }: Done & { readonly entries: readonly Entry[] }) {
  const [first] = entries;
  const remove = async () => {
    onClose();
    let removed = 0;
    try {
      for (const { path, etag } of entries) {
        const headers: Record<string, string> = etag === null ? {} : { 'If-Match': `"${etag}"` };
        await throughStepUp(() => api('DELETE', '/entry', { query: { path }, headers }));
        removed++;
      }
    } catch (thrown) {
      tell('trouble', asApiError(thrown).problem.detail);
    }
    if (removed > 0) tell('done', t('files.deleted', { count: removed }));
    onDone();
  };
  return (
    <Confirm
      title={t('files.deleteTitle', { count: entries.length, name: first?.name ?? '' })}
      action={t('files.delete')}
      danger
      onNo={onClose}
      onYes={() => void remove()}
    >
      <p>{t('files.deleteLead')}</p>
      {entries.length > 1 && <NameList names={entries.map(({ name }) => name)} />}
    </Confirm>
  );
}

type OverwriteProps = {
  readonly conflicts: readonly { readonly given: Given; readonly entry: Entry }[];
  readonly onReplace: () => void;
  readonly onSkip: () => void;
  readonly onClose: () => void;
};

/** Warns before files that are there are replaced. */
export function OverwriteDialog({ conflicts, onReplace, onSkip, onClose }: OverwriteProps) {
  return (
    <Dialog
      title={t('files.overwriteTitle', { count: conflicts.length })}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('shell.cancel')}</Button>
          <Button onClick={onSkip}>{t('files.skipThese')}</Button>
          <Button look="danger" onClick={onReplace}>
            {t('files.replace')}
          </Button>
        </>
      }
    >
      <p>{t('files.overwriteLead')}</p>
      <ul class="names">
        {conflicts.slice(0, MAX_NAMES).map(({ given, entry }) => (
          <li key={entry.path}>
            <strong>{entry.name}</strong>
            <br />
            <span class="muted small">
              {t('files.thereNow', { size: bytes(entry.size), time: dateTime(entry.modified) })}
              {' → '}
              {bytes(given.file.size)}
            </span>
          </li>
        ))}
      </ul>
      <More of={conflicts.length} />
    </Dialog>
  );
}

const MAX_NAMES = 8;

function NameList({ names }: { readonly names: readonly string[] }) {
  return (
    <>
      <ul class="names">
        {names.slice(0, MAX_NAMES).map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
      <More of={names.length} />
    </>
  );
}

function More({ of }: { readonly of: number }) {
  return of > MAX_NAMES ? <p class="muted">{t('files.andMore', { count: of - MAX_NAMES })}</p> : null;
}

/** Every key, for who presses "?". */
export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const keys = [
    ['↑ ↓', t('files.key.move')],
    ['Enter', t('files.key.open')],
    ['Space', t('files.key.choose')],
    ['Shift + ↑ ↓', t('files.key.range')],
    ['Ctrl + A', t('files.key.all')],
    ['Esc', t('files.key.none')],
    ['Delete', t('files.key.delete')],
    ['F2', t('files.key.rename')],
    ['Backspace', t('files.key.up')],
    ['/', t('files.key.filter')],
    ['A … Z', t('files.key.type')],
    ['?', t('files.key.help')],
  ] as const;
  return (
    <Dialog title={t('files.keys')} onClose={onClose}>
      <dl class="facts keys">
        {keys.map(([key, text]) => (
          <div key={key} class="keys-line">
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
