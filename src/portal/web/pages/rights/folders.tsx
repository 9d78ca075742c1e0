import type { Rights } from '../../../schemas/rights.ts';
import { TableBox } from '../../components/table-box.tsx';
import { date, t } from '../../i18n/language.ts';
import { useMedia } from '../../state/media.ts';
import { browseUrl } from '../../state/router.ts';

type Folder = Rights['folders'][number];

/** Each folder, what may be done in it, and the document that says so. Cards where it is narrow. */
export function Folders({ rights: { folders } }: { readonly rights: Rights }) {
  const isNarrow = useMedia('(max-width: 52rem)');
  if (folders.length === 0) return null;
  return (
    <section class="stack" aria-label={t('rights.folders')}>
      <h2>{t('rights.folders')}</h2>
      {isNarrow ? <Cards folders={folders} /> : <Table folders={folders} />}
    </section>
  );
}

function Table({ folders }: { readonly folders: readonly Folder[] }) {
  return (
    <TableBox label={t('rights.folders')}>
      <table class="table rights-folders">
        <thead>
          <tr>
            <th scope="col">{t('rights.folder')}</th>
            <th scope="col">{t('rights.may')}</th>
            <th scope="col">{t('rights.grantedBy')}</th>
            <th scope="col">{t('rights.until')}</th>
          </tr>
        </thead>
        <tbody>
          {folders.map((folder) => (
            <tr key={`${folder.path} ${folder.grantedBy}`}>
              <th scope="row">
                <a href={browseUrl(folder.path)}>{folder.path}</a>
              </th>
              <td>{inWords(folder)}</td>
              <td>{folder.grantedBy}</td>
              <td>{folder.until === null ? t('rights.always') : date(folder.until)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

function Cards({ folders }: { readonly folders: readonly Folder[] }) {
  return (
    <ul class="cards rights-flows">
      {folders.map((folder) => (
        <li class="card" key={`${folder.path} ${folder.grantedBy}`}>
          <h3>
            <a href={browseUrl(folder.path)}>{folder.path}</a>
          </h3>
          <p>{inWords(folder)}</p>
          <p class="muted small">
            {t('rights.grantedBy')}: {folder.grantedBy}
            {folder.until !== null && ` · ${t('rights.untilDay', { until: date(folder.until) })}`}
          </p>
        </li>
      ))}
    </ul>
  );
}

function inWords({ rights }: Folder): string {
  return rights.map((right) => t(`rights.right.${right}`)).join(', ');
}
