import type { Entry, Preview } from '../../../schemas/files.ts';
import { api, apiUrl } from '../../api/client.ts';
import { useLoaded } from '../../api/loaded.ts';
import { IconButton, LinkButton } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { ProblemView } from '../../components/problem.tsx';
import { Skeleton } from '../../components/progress.tsx';
import { bytes, dateTime, t } from '../../i18n/language.ts';
import { onDownload } from '../../state/download.ts';
import { indentJson, indentXml, type Token, tokensOfJson, tokensOfXml } from './shown-text.ts';

type PreviewProps = { readonly entry: Entry; readonly onClose: () => void };

/** The beginning of a file beside the list. */
export function PreviewPanel({ entry, onClose }: PreviewProps) {
  return (
    <aside class="preview card" aria-label={t('files.previewOf', { name: entry.name })}>
      <header class="preview-head">
        <h2>{entry.name}</h2>
        <IconButton icon="close" label={t('shell.close')} onClick={onClose} />
      </header>
      <PreviewBody entry={entry} />
    </aside>
  );
}

/** The same where there is no room beside. */
export function PreviewDialog({ entry, onClose }: PreviewProps) {
  return (
    <Dialog title={entry.name} onClose={onClose} wide>
      <PreviewBody entry={entry} />
    </Dialog>
  );
}

function PreviewBody({ entry }: { readonly entry: Entry }) {
  const { path, name, etag, sha256, size, modified } = entry;
  const { value, error, reload } = useLoaded<Preview>(`${path} ${etag}`, (signal) =>
    api<Preview>('GET', '/preview', { query: { path }, signal }),
  );
  return (
    <>
      <dl class="facts small">
        <dt>{t('files.column.size')}</dt>
        <dd>{bytes(size)}</dd>
        <dt>{t('files.column.modified')}</dt>
        <dd>{dateTime(modified)}</dd>
        {sha256 !== null && (
          <>
            <dt>SHA-256</dt>
            <dd>
              <code>{sha256}</code>
            </dd>
          </>
        )}
      </dl>
      {entry.frozen !== null && (
        <p class="notice">
          <Icon name="lock" />
          <span>
            {t('files.frozenLong')} <a href={`/submissions/${entry.frozen.ticket}`}>{entry.frozen.ticket}</a>
          </span>
        </p>
      )}
      {entry.rights.includes('read') && (
        <div class="row">
          <LinkButton
            icon="download"
            href={apiUrl('/content', { path })}
            download={name}
            onClick={onDownload(path, name)}
          >
            {t('files.download')}
          </LinkButton>
        </div>
      )}
      {error !== undefined && <ProblemView error={error} onRetry={reload} />}
      {value === undefined && error === undefined && <Skeleton lines={8} label={t('shell.loading')} />}
      {value !== undefined && <Shown preview={value} name={name} />}
    </>
  );
}

function Shown({ preview, name }: { readonly preview: Preview; readonly name: string }) {
  const { kind, truncated, text = '', rows } = preview;
  if (kind === 'binary') return <p class="muted">{t('files.noPreview')}</p>;
  return (
    <>
      {truncated && <p class="muted small">{t('files.onlyBeginning')}</p>}
      {rows !== undefined ? (
        <RowsTable rows={rows} name={name} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must be able to
        <section class="shown" tabIndex={0} aria-label={t('files.previewOf', { name })}>
          <pre>
            {tokensOf(kind, text).map((token, index) => (
              <span key={index} class={`token-${token.kind}`}>
                {token.text}
              </span>
            ))}
          </pre>
        </section>
      )}
    </>
  );
}

function tokensOf(kind: Preview['kind'], text: string): readonly Token[] {
  if (kind === 'json') return tokensOfJson(indentJson(text));
  if (kind === 'xml') return tokensOfXml(indentXml(text));
  return [{ kind: 'plain', text }];
}

function RowsTable({ rows, name }: { readonly rows: readonly (readonly string[])[]; readonly name: string }) {
  const [head = [], ...body] = rows;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must be able to
    <section class="table-box preview-table" tabIndex={0} aria-label={t('files.previewOf', { name })}>
      <table class="table small">
        <thead>
          <tr>
            {head.map((cell, index) => (
              <th key={index} scope="col">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {body.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
