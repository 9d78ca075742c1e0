import './help.css';
import { Breadcrumb } from '../../components/breadcrumb.tsx';
import { Button, LinkButton } from '../../components/button.tsx';
import { Icon, type IconName } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { t, textIfAny } from '../../i18n/language.ts';
import { location } from '../../state/router.ts';
import { askSecondFactor } from '../../state/step-up.ts';
import type { RouteProps } from '../routes.ts';
import { Contact } from './contact.tsx';
import { TOPICS, type Topic, topicOf } from './topics.ts';

const ICONS: Readonly<Record<Topic, IconName>> = {
  certificate: 'shield',
  account: 'users',
  address: 'flow',
  exception: 'lock',
  factor: 'key',
  rights: 'folder',
  other: 'help',
};
const STEPS = [1, 2, 3] as const;

/** Help by subject; behind a reason, what it means, what one can do, and whom to call. */
export default function HelpPage({ rest }: RouteProps) {
  const reason = rest.replace(/\/+$/, '');
  return reason === '' ? <Subjects /> : <Reason reason={reason} />;
}

function Subjects() {
  return (
    <Page title={t('help.title')} lead={t('help.lead')}>
      <div class="help-columns">
        <ul class="cards help-topics" aria-label={t('help.topics')}>
          {TOPICS.map((topic) => (
            <li key={topic}>
              <a class="card help-topic" href={`/help/${topic}`}>
                <Icon name={ICONS[topic]} />
                <h2>{t(`help.topic.${topic}`)}</h2>
                <p class="muted">{t(`help.about.${topic}`)}</p>
              </a>
            </li>
          ))}
        </ul>
        <Contact reference={undefined} />
      </div>
    </Page>
  );
}

function Reason({ reason }: { readonly reason: string }) {
  const topic = topicOf(reason);
  const reference = location.value.query.get('reference') ?? undefined;
  const sentence = textIfAny(`help.reason.${reason}`);
  const crumbs = [
    { text: t('help.title'), href: '/help' },
    { text: t(`help.topic.${topic}`), href: `/help/${topic}` },
  ];
  return (
    <Page title={t(`help.topic.${topic}`)} above={<Breadcrumb crumbs={crumbs} />}>
      <div class="help-columns">
        <div class="stack">
          <section class="card" aria-label={t('help.what')}>
            <h2>{t('help.what')}</h2>
            {sentence !== undefined && <p class="help-reason">{sentence}</p>}
            <p>{t(`help.about.${topic}`)}</p>
          </section>
          <section class="card" aria-label={t('help.do')}>
            <h2>{t('help.do')}</h2>
            <ol class="help-steps">
              {STEPS.map((step) => (
                <li key={step}>{t(`help.steps.${topic}.${step}`)}</li>
              ))}
            </ol>
            <Ways topic={topic} />
          </section>
        </div>
        <Contact reference={reference} />
      </div>
    </Page>
  );
}

/** Where one goes on from here. */
function Ways({ topic }: { readonly topic: Topic }) {
  if (topic === 'factor') {
    return (
      <div class="row">
        <Button look="primary" icon="key" onClick={() => void askSecondFactor()}>
          {t('shell.giveSecondFactor')}
        </Button>
      </div>
    );
  }
  if (topic !== 'rights' && topic !== 'exception' && topic !== 'address') return null;
  return (
    <div class="row">
      <LinkButton icon="key" href="/rights">
        {t('help.toRights')}
      </LinkButton>
    </div>
  );
}
