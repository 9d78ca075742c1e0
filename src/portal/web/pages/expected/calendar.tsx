import type { Expected } from '../../../schemas/expected.ts';
import { Badge, type Tone } from '../../components/badge.tsx';
import { Icon, type IconName } from '../../components/icon.tsx';
import { dateTime, locale, t } from '../../i18n/language.ts';
import { session } from '../../state/session.ts';
import { monthName, type OfFlow, weekdays, weeksOf } from './month.ts';

type Item = Expected['items'][number];
type State = Item['state'];

const LOOKS: Readonly<Record<State, { readonly tone: Tone; readonly icon: IconName }>> = {
  missing: { tone: 'danger', icon: 'alert-circle' },
  late: { tone: 'warn', icon: 'warning' },
  arrived: { tone: 'ok', icon: 'check-circle' },
  expected: { tone: 'info', icon: 'clock' },
};
const ORDER = ['missing', 'late', 'expected', 'arrived'] as const satisfies readonly State[];

type FlowCalendarProps = OfFlow & { readonly month: string };

/** One flow in one month, week by week. The state of a day is a sign and a word; the colour only helps. */
export function FlowCalendar({ flow, flowName, partner, month, items }: FlowCalendarProps) {
  const isSeveral = (session.value?.designations.length ?? 0) > 1;
  const caption = t('expected.calendarOf', { flow: flowName, month: monthName(month, locale.value) });
  return (
    <section class="card calendar-card" aria-label={flowName}>
      <h3 class="calendar-head">
        <a href={`/flows/${encodeURIComponent(flow)}`}>{flowName}</a>
        <code class="muted">{isSeveral ? `${flow} ${partner}` : flow}</code>
      </h3>
      <div class="row">
        {ORDER.map((state) => {
          const count = items.filter((item) => item.state === state).length;
          if (count === 0) return null;
          return (
            <Badge key={state} {...LOOKS[state]}>
              {t(`expected.count.${state}`, { count })}
            </Badge>
          );
        })}
      </div>
      <table class="calendar">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {weekdays(locale.value).map(({ short, long }) => (
              <th key={long} scope="col">
                <span aria-hidden="true">{short}</span>
                <span class="unseen">{long}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOf(month).map((week, index) => (
            <tr key={week.find((day) => day !== undefined) ?? index}>
              {week.map((day, weekday) => (
                <Day key={day ?? `none ${weekday}`} day={day} items={items.filter((item) => item.day === day)} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Day({ day, items }: { readonly day: string | undefined; readonly items: readonly Item[] }) {
  if (day === undefined) return <td class="day day-none" />;
  const state = ORDER.find((one) => items.some((item) => item.state === one));
  return (
    <td class={`day${state === undefined ? '' : ` day-${state}`}`}>
      <span class="day-number">{Number(day.slice(8))}</span>
      {items.map((item) => (
        <DayState key={`${item.dueAt} ${item.state}`} item={item} />
      ))}
    </td>
  );
}

/** What arrived leads to its submission. */
function DayState({ item: { state, dueAt, files } }: { readonly item: Item }) {
  const due = t('expected.due', { time: dateTime(dueAt) });
  const shown = (
    <>
      <Icon name={LOOKS[state].icon} />
      <span class="day-word">{t(`expected.state.${state}`)}</span>
      <span class="unseen">, {due}</span>
    </>
  );
  const [first] = files;
  return first === undefined ? (
    <span class="day-state" title={due}>
      {shown}
    </span>
  ) : (
    <a class="day-state" href={`/submissions/${first}`} title={due}>
      {shown}
    </a>
  );
}
