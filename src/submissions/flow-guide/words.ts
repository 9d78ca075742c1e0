import type { Flow, Trigger } from '../../domain/flow.ts';
import type { Generation } from '../../domain/generation.ts';
import { institutionName } from '../../domain/partner.ts';
import type { Say } from '../../texts/flow-say.ts';
import { fixedWidthWords } from './fixed-width.ts';
import { kindWords } from './kind.ts';
import { code, grouped } from './markdown.ts';

export type Facts = { readonly flow: Flow; readonly generation: Generation };

/** What a flow is for, who may send it and who gets it. */
export function purpose({ flow, generation }: Facts, say: Say): string {
  const acts = generation.authorizations.filter((act) => act.flow === flow.code);
  const senders = [...new Set(acts.map(({ sender }) => institutionName(sender)))].toSorted();
  const who = senders.length === 0 ? say('nobody') : senders.join(', ');
  const purposes = flow.purposes.map(code).join(', ');
  return [say('purpose', { purposes, senders: who }), kindWords(flow, say)].join('\n');
}

/** How files are handed in, a sentence each. */
export function sending({ flow, generation }: Facts, say: Say): readonly string[] {
  const { limits } = generation;
  return [
    ...flow.triggers.map((trigger) => triggerWords(trigger, flow, { say, seconds: limits.settleSecondsWebdav })),
    say('pattern', { pattern: code(flow.pattern) }),
    ...namesWords(flow, say),
    say('at-most', { bytes: grouped(Math.min(flow.maxFileBytes, limits.maxFileBytes)) }),
    say(flow.order !== 'strict' ? 'no-order' : flow.afterQuarantine === 'hold' ? 'in-order-held' : 'in-order'),
    ...(flow.level === 1 ? [] : [say('factor')]),
    ...lineWords(flow, say),
    ...expectedWords(flow, say),
    say('frozen', { seconds: flow.keepAnsweredSeconds }),
  ];
}

type Settling = { readonly say: Say; readonly seconds: number };

function triggerWords(trigger: Trigger, { code: flow }: Flow, { say, seconds }: Settling): string {
  if (trigger === 'upload') return say('one-file', { seconds });
  const middle = `${flow}.<${say('sender-number')}>.<${say('day')}>.<${say('serial')}>.<R|T|S>`;
  return say('set', {
    ...{ fi: code(`FI.${middle}.1.1`), fs: code(`FS.${middle}.1.1`) },
    ...{ go: code(`GO.${middle}.1`), td: code(`TD.${middle}.1`) },
    ...{ first: code('.3.1'), second: code('.3.2'), third: code('.3.3'), last: code('.3') },
  });
}

function namesWords({ names, namesWindowDays: days, refuseSameContent, triggers }: Flow, say: Say): readonly string[] {
  const hasSets = names !== 'unique' && triggers.includes('go-file');
  return [
    names === 'unique' ? say('name-once', { days }) : say('name-again'),
    ...(hasSets ? [say('set-once', { days })] : []),
    say('same-again'),
    ...(refuseSameContent ? [say('same-refused')] : []),
  ];
}

function lineWords({ senderLine }: Flow, say: Say): readonly string[] {
  if (senderLine === 'required') return [say('line-required')];
  return senderLine === 'creates' ? [say('line-made')] : [];
}

function expectedWords({ expected = [] }: Flow, say: Say): readonly string[] {
  return expected.map((one) => {
    const when = { from: code(one.from), by: one.by, graceHours: one.graceHours };
    switch (one.every) {
      case 'day':
        return say(one.weekdaysOnly ? 'expected-working-day' : 'expected-day', when);
      case 'week':
        return say('expected-week', { ...when, weekday: say(`weekday-${one.weekday}`) });
      default:
        return say(`expected-${one.every}`, { ...when, day: one.day });
    }
  });
}

/** How the files of a flow are built. */
export function formatWords({ format }: Flow, say: Say): string {
  switch (format.kind) {
    case 'delimited': {
      const { charset, separator, header } = format;
      return say(header ? 'delimited-header' : 'delimited', { charset, separator: code(separator) });
    }
    case 'json-lines':
      return say('json-lines');
    case 'fixed-width':
      return fixedWidthWords(format, say);
    case 'xml':
      return xmlWords(format, say);
  }
}

function xmlWords(format: Flow['format'] & { readonly kind: 'xml' }, say: Say): string {
  const { record, root, namespace, versionAttribute, repeats } = format;
  const space = namespace === undefined ? say('xml-no-space') : say('xml-space', { namespace: code(namespace) });
  return [
    say('xml', { space, record: code(record), root: code(root) }),
    ...(versionAttribute === undefined ? [] : [say('xml-version', { attribute: code(versionAttribute) })]),
    ...(repeats === undefined ? [] : [say('xml-repeats', { element: code(repeats) })]),
  ].join(' ');
}

/** What comes back, a sentence each. */
export function answers({ flow, generation }: Facts, say: Say): readonly string[] {
  const most = grouped(generation.limits.maxRefusedPerNotification);
  const base = `<${say('file')}>.<${say('ticket')}>`;
  return [
    say('receipt', {
      ...{ file: code(`${base}.receipt.json`), signature: code('….p7s') },
      batch: code(`FO.ACRF.999999.<${say('date')}>.<${say('serial')}>.<${say('environment')}>`),
    }),
    say('notification', {
      ...{ file: code(`${base}.notification.json`), batch: code('FO.NOTI.…'), most },
      ...{ part: code('….notification.2of3.json'), last: code('last') },
    }),
    say('record-number'),
    deliveryWords(flow, say),
    say('language'),
  ];
}

function deliveryWords({ code: flow, holdDays: days, remindAfterDays }: Flow, say: Say): string {
  const name = code(`${flow}.<${say('number')}>.<${say('ticket')}>.…`);
  const reminders = remindAfterDays.filter((one) => one < days);
  if (reminders.length === 0) return say('delivery', { name, days });
  return say('delivery-reminded', { name, days, after: reminders.join(` ${say('and')} `) });
}
