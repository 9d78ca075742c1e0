import { useRef } from 'preact/hooks';
import type { Archive, Entry, Folder } from '../../../schemas/files.ts';
import { api, asApiError } from '../../api/client.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { t } from '../../i18n/language.ts';
import { keep, keepFile } from '../../state/download.ts';
import { throughStepUp } from '../../state/step-up.ts';
import { tell } from '../../state/toasts.ts';
import { filesOfInput, type Given } from '../../uploads/dropped.ts';

type ToolbarProps = {
  readonly folder: Folder | undefined;
  readonly chosen: readonly Entry[];
  readonly onFiles: (files: readonly Given[]) => void;
  readonly onNewFolder: () => void;
  readonly onRename: () => void;
  readonly onDelete: () => void;
  readonly onClear: () => void;
};

/** What one may do in a folder, and with what is chosen there. */
export function Toolbar({ folder, chosen, onFiles, onNewFolder, onRename, onDelete, onClear }: ToolbarProps) {
  const maySend = folder?.rights.includes('create') ?? false;
  const mayMake = folder?.rights.includes('makeFolder') ?? false;
  const files = chosen.filter(({ kind }) => kind === 'file');
  const mayTake = files.length > 0 && files.length === chosen.length && all(files, 'read');
  return (
    <div class="toolbar" role="toolbar" aria-label={t('files.tools')}>
      {maySend && <FileButton look="primary" label={t('files.send')} onFiles={onFiles} />}
      {maySend && <FileButton look="plain" label={t('files.sendFolder')} onFiles={onFiles} folders />}
      {mayMake && (
        <Button icon="folder-plus" onClick={onNewFolder}>
          {t('files.newFolder')}
        </Button>
      )}
      {chosen.length > 0 && (
        <>
          <span class="toolbar-line" />
          <span class="muted">{t('files.countChosen', { count: chosen.length })}</span>
          {mayTake && (
            <Button icon="download" onClick={() => void take(files)}>
              {t('files.download')}
            </Button>
          )}
          {chosen.length === 1 && all(chosen, 'move') && (
            <Button icon="edit" onClick={onRename}>
              {t('files.rename')}
            </Button>
          )}
          {all(chosen, 'delete') && (
            <Button icon="trash" look="danger" onClick={onDelete}>
              {t('files.delete')}
            </Button>
          )}
          <IconButton icon="close" label={t('files.clearChoice')} onClick={onClear} />
        </>
      )}
    </div>
  );
}

function all(entries: readonly Entry[], right: Entry['rights'][number]): boolean {
  return entries.every(({ rights }) => rights.includes(right));
}

type FileButtonProps = {
  readonly look: 'primary' | 'plain';
  readonly label: string;
  readonly folders?: boolean;
  readonly onFiles: (files: readonly Given[]) => void;
};

function FileButton({ look, label, folders = false, onFiles }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        {...(folders ? { webkitdirectory: true } : {})}
        hidden
        aria-label={label}
        onChange={({ currentTarget }) => {
          const given = filesOfInput(currentTarget);
          currentTarget.value = ''; // the same file can be chosen again
          if (given.length > 0) onFiles(given);
        }}
      />
      <Button look={look} icon={folders ? 'folder' : 'upload'} onClick={() => input.current?.click()}>
        {label}
      </Button>
    </>
  );
}

/** One file as it is, several in a zip. */
async function take(files: readonly Entry[]): Promise<void> {
  const [first] = files;
  if (first === undefined) return;
  if (files.length === 1) {
    await keepFile(first.path, first.name);
    return;
  }
  try {
    const body = { paths: files.map(({ path }) => path) };
    const { url } = await throughStepUp(() => api<Archive>('POST', '/archive', { body }));
    keep(url, '');
  } catch (error) {
    tell('trouble', asApiError(error).problem.detail);
  }
}
