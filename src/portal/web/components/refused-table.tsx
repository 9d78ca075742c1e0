import type { RefusedRecord } from '../../schemas/submissions.ts';
import { number, t } from '../i18n/language.ts';
import { useMedia } from '../state/media.ts';
import { Badge } from './badge.tsx';
import { TableBox } from './table-box.tsx';
import './refused-table.css';

type Fault = RefusedRecord['faults'][number];

/** What was refused: which record, which field, the value as it was sent, why, and what to do. Cards where it is narrow. */
export function RefusedTable({ records }: { readonly records: readonly RefusedRecord[] }) {
  const isNarrow = useMedia('(max-width: 52rem)');
  return isNarrow ? <Cards records={records} /> : <Table records={records} />;
}

function Table({ records }: { readonly records: readonly RefusedRecord[] }) {
  return (
    <TableBox label={t('submissions.refusedTitle')}>
      <table class="table refused">
        <thead>
          <tr>
            <th scope="col">{t('submissions.record')}</th>
            <th scope="col">{t('submissions.field')}</th>
            <th scope="col">{t('submissions.value')}</th>
            <th scope="col">{t('submissions.code')}</th>
            <th scope="col">{t('submissions.wrong')}</th>
            <th scope="col">{t('submissions.remedy')}</th>
          </tr>
        </thead>
        {records.map((one) => (
          <tbody key={one.record}>
            {one.faults.map((fault, index) => (
              <tr key={`${fault.field} ${fault.code}`}>
                {index === 0 && (
                  <th scope="rowgroup" rowSpan={one.faults.length} class="refused-record">
                    <RecordName one={one} />
                  </th>
                )}
                <td>
                  <FieldName fault={fault} />
                </td>
                <td>
                  <Value fault={fault} />
                </td>
                <td>
                  <Code fault={fault} />
                </td>
                <td class="refused-text">{fault.text}</td>
                <td class="refused-text">{fault.remedy}</td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </TableBox>
  );
}

function Cards({ records }: { readonly records: readonly RefusedRecord[] }) {
  return (
    <ul class="refused-cards">
      {records.map((one) => (
        <li key={one.record} class="card">
          <h3>
            {one.record === 0
              ? t('submissions.entireFile')
              : t('submissions.recordNumber', { number: number(one.record) })}
          </h3>
          {one.faults.map((fault) => (
            <div key={`${fault.field} ${fault.code}`} class="refused-fault">
              <div class="row">
                <FieldName fault={fault} />
                <Code fault={fault} />
              </div>
              <p>{fault.text}</p>
              <dl class="facts">
                <dt>{t('submissions.value')}</dt>
                <dd>
                  <Value fault={fault} />
                </dd>
                <dt>{t('submissions.remedy')}</dt>
                <dd>{fault.remedy}</dd>
              </dl>
            </div>
          ))}
        </li>
      ))}
    </ul>
  );
}

function RecordName({ one }: { readonly one: RefusedRecord }) {
  if (one.record === 0) return <>{t('submissions.entireFile')}</>;
  return <span title={one.ticket}>{number(one.record)}</span>;
}

function FieldName({ fault: { field, fieldName } }: { readonly fault: Fault }) {
  return (
    <span class="refused-field">
      <code>{field}</code>
      {fieldName !== field && <span class="muted small">{fieldName}</span>}
    </span>
  );
}

function Value({ fault: { value } }: { readonly fault: Fault }) {
  if (value === null) {
    return (
      <span class="muted" title={t('submissions.valueGoneWhy')}>
        {t('submissions.valueGone')}
      </span>
    );
  }
  if (value === '') return <span class="muted">{t('submissions.valueEmpty')}</span>;
  return <code class="refused-value">{value}</code>;
}

function Code({ fault: { code, severity } }: { readonly fault: Fault }) {
  return (
    <span class="refused-code">
      <code>{code}</code>
      {severity === 'warning' && <Badge tone="warn">{t('submissions.remark')}</Badge>}
    </span>
  );
}
