import { useState } from 'preact/hooks';
import type { ExplainedCode, Flow } from '../../../schemas/flows.ts';
import { Empty } from '../../components/empty.tsx';
import { Search } from '../../components/field.tsx';
import { TableBox } from '../../components/table-box.tsx';
import { t } from '../../i18n/language.ts';
import { useMedia } from '../../state/media.ts';

/** What each code means and what to do about it. */
export function Codes({ flow: { codes } }: { readonly flow: Flow }) {
  const [sought, setSought] = useState('');
  const isNarrow = useMedia('(max-width: 52rem)');
  const words = sought.trim().toLowerCase();
  const fitting = codes.filter(({ code, text, remedy }) =>
    [code, text, remedy].some((part) => part.toLowerCase().includes(words)),
  );
  return (
    <div class="stack">
      <Search label={t('flows.codeSearch')} value={sought} onChange={setSought} />
      {fitting.length === 0 && <Empty icon="search" title={t('flows.codeNone')} />}
      {fitting.length > 0 && (isNarrow ? <Cards codes={fitting} /> : <Table codes={fitting} />)}
    </div>
  );
}

function Table({ codes }: { readonly codes: readonly ExplainedCode[] }) {
  return (
    <TableBox label={t('flows.tab.codes')}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{t('flows.code')}</th>
            <th scope="col">{t('flows.wrong')}</th>
            <th scope="col">{t('flows.remedy')}</th>
            <th scope="col">{t('flows.where')}</th>
          </tr>
        </thead>
        <tbody>
          {codes.map(({ code, text, remedy, where }) => (
            <tr key={`${where} ${code}`}>
              <th scope="row">
                <code class="flow-code-name">{code}</code>
              </th>
              <td>{text}</td>
              <td>{remedy}</td>
              <td class="muted">{t(`flows.where.${where}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

function Cards({ codes }: { readonly codes: readonly ExplainedCode[] }) {
  return (
    <ul class="flow-codes">
      {codes.map(({ code, text, remedy, where }) => (
        <li class="card" key={`${where} ${code}`}>
          <h3>
            <code>{code}</code> <span class="muted small">{t(`flows.where.${where}`)}</span>
          </h3>
          <p>{text}</p>
          <p>{remedy}</p>
        </li>
      ))}
    </ul>
  );
}
