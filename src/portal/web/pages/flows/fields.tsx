import type { Flow } from '../../../schemas/flows.ts';
import { Marked } from '../../components/marked.tsx';
import { TableBox } from '../../components/table-box.tsx';
import { date, t } from '../../i18n/language.ts';

type Layout = Flow['layouts'][number];

const REQUIRED = { yes: 'yes', no: 'no', 'with its group': 'with-its-group' } as const;

/** Every field of every layout that is or was valid. */
export function Fields({ flow: { layouts } }: { readonly flow: Flow }) {
  return (
    <div class="stack">
      {layouts.map((layout) => (
        <LayoutTable key={layout.version} layout={layout} />
      ))}
    </div>
  );
}

function LayoutTable({ layout: { version, from, until, fields, rules } }: { readonly layout: Layout }) {
  const title = t('flows.layout', { version });
  const validity =
    until === null
      ? t('flows.layoutFrom', { from: date(from) })
      : t('flows.layoutUntil', { from: date(from), until: date(until) });
  return (
    <section class="stack" aria-label={title}>
      <div>
        <h2>{title}</h2>
        <p class="muted">{validity}</p>
      </div>
      <TableBox label={title}>
        <table class="table flow-fields">
          <thead>
            <tr>
              <th scope="col">{t('flows.position')}</th>
              <th scope="col">{t('flows.field')}</th>
              <th scope="col">{t('flows.form')}</th>
              <th scope="col">{t('flows.required')}</th>
              <th scope="col">{t('flows.meaning')}</th>
              <th scope="col">{t('flows.block')}</th>
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => (
              <tr key={`${field.position} ${field.name}`}>
                <td class="muted">{field.position}</td>
                <th scope="row">
                  <code>{field.name}</code>
                </th>
                <td>
                  <code>{field.form}</code>
                </td>
                <td>{t(`flows.required.${REQUIRED[field.required]}`)}</td>
                <td class="flow-meaning">
                  <Marked text={field.meaning} />
                </td>
                <td>{field.block !== null && <code>{field.block}</code>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableBox>
      {rules.length > 0 && (
        <ul class="flow-sentences">
          {rules.map((rule) => (
            <li key={rule}>
              <Marked text={rule} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
