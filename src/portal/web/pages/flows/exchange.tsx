import type { Flow } from '../../../schemas/flows.ts';
import { Marked } from '../../components/marked.tsx';
import { TableBox } from '../../components/table-box.tsx';
import { t } from '../../i18n/language.ts';
import { browseUrl } from '../../state/router.ts';

type Of = { readonly flow: Flow };

/** Where files are put, how they are called and built, and the rules for them. */
export function ToSend({ flow }: Of) {
  return (
    <div class="stack">
      <div class="flow-about">
        {flow.about.map((text) => (
          <p key={text}>
            <Marked text={text} />
          </p>
        ))}
      </div>
      <h2>{t('flows.folders')}</h2>
      <Folders flow={flow} />
      <section class="card" aria-label={t('flows.format')}>
        <h2>{t('flows.format')}</h2>
        <p>
          <Marked text={flow.format.text} />
        </p>
        <h3>{t('flows.names')}</h3>
        <p>
          <code class="flow-pattern">{flow.pattern}</code>
        </p>
      </section>
      <section class="card" aria-label={t('flows.rules')}>
        <h2>{t('flows.rules')}</h2>
        <Sentences texts={flow.sending} />
      </section>
    </div>
  );
}

function Folders({ flow: { folders, sends } }: Of) {
  return (
    <TableBox label={t('flows.folders')}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{t('flows.environment')}</th>
            {sends && <th scope="col">{t('flows.intake')}</th>}
            <th scope="col">{t('flows.mailbox')}</th>
          </tr>
        </thead>
        <tbody>
          {folders.map(({ environment, intake, mailbox }) => (
            <tr key={environment}>
              <th scope="row">{t(`flows.environment.${environment}`)}</th>
              {sends && (
                <td>
                  <a href={browseUrl(intake)}>{intake}</a>
                </td>
              )}
              <td>
                <a href={browseUrl(mailbox)}>{mailbox}</a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

/** What comes back, and when. */
export function Back({ flow }: Of) {
  return (
    <section class="card" aria-label={t('flows.tab.back')}>
      <Sentences texts={flow.answers} />
    </section>
  );
}

function Sentences({ texts }: { readonly texts: readonly string[] }) {
  return (
    <ul class="flow-sentences">
      {texts.map((text) => (
        <li key={text}>
          <Marked text={text} />
        </li>
      ))}
    </ul>
  );
}
