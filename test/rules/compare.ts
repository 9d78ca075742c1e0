import type { Insz } from '../../src/domain/insz.ts';
import type { IsoDate } from '../../src/domain/period.ts';
import { originalKey } from '../../src/pipeline/originals.ts';
import { questionMatch } from '../../src/pipeline/questions.ts';
import type { Expected, Verdict } from '../support/reference/decide.ts';
import type { Answered, KnownQuestion } from '../support/reference/questions.ts';
import type { Made } from './bench.ts';

/** Where product and reference differ, in words; none where they agree on everything. */

type Told = Readonly<Record<string, unknown>>;

export function differences(expected: Expected, made: Made): readonly string[] {
  const { result, log, answers } = made;
  const found: string[] = [];
  const check = (what: string, wanted: unknown, got: unknown) => {
    const [one, other] = [JSON.stringify(wanted), JSON.stringify(got)];
    if (one !== other) found.push(`${what}\n  reference ${one}\n  product   ${other}`);
  };
  check(
    'file',
    expected.fileError === undefined ? [] : [expected.fileError],
    result.fileErrors.map(({ code }) => code),
  );
  if (expected.fileError !== undefined) return found;
  const byRecord = new Map(log.map((one) => [one.record, one]));
  const faults = new Map(answers.map((one) => [one.record, one.faults]));
  for (const verdict of expected.verdicts) {
    const one = byRecord.get(verdict.record);
    const told = (faults.get(verdict.record) ?? []).map(({ field, code, severity }) => ({ field, code, severity }));
    check(`record ${verdict.record}`, wantedOf(verdict), one === undefined ? undefined : gotOf(one, told, verdict));
  }
  check('records', expected.verdicts.length, log.length);
  const count = (outcome: string) => expected.verdicts.filter((verdict) => verdict.outcome === outcome).length;
  check(
    'totals',
    {
      total: expected.verdicts.length,
      accepted: expected.verdicts.length - count('refused'),
      refused: count('refused'),
      withoutReceiver: count('without-receiver'),
    },
    result.totals,
  );
  check('receivers', Object.keys(expected.outputs).toSorted(), Object.keys(made.outputs).toSorted());
  for (const [partner, text] of Object.entries(expected.outputs)) {
    found.push(...linesApart(partner, text.split('\n'), (made.outputs[partner] ?? '').split('\n')));
  }
  check('changes', expected.changes.map(plainChange), result.changes.map(plainChange));
  const asked = expected.asked.map((one) => [one.ticket, one.source, matchOf(one)]);
  check(
    'asked',
    asked,
    result.questions.asked.map(({ ticket, source, match }) => [ticket, source, match]),
  );
  const plain = ({ question, answer }: Answered) => [question, answer];
  check('answered', expected.answered.map(plain), result.questions.answered.map(plain));
  check('originals', originalsOf(expected), originalsIn(made));
  return found;
}

function matchOf({ reference, person, begin }: KnownQuestion): string {
  return questionMatch(reference, person as Insz, begin as IsoDate);
}

function plainChange(one: Expected['changes'][number] | Made['result']['changes'][number]): unknown {
  const { action, record, insz, institution, quality, phase, begin, end } = one;
  return [action, record, insz, institution.sector, institution.type, quality, phase, begin, end];
}

function linesApart(partner: string, wanted: readonly string[], got: readonly string[]): readonly string[] {
  const index = wanted.findIndex((line, at) => line !== got[at]);
  if (index < 0 && wanted.length === got.length) return [];
  const at = index < 0 ? wanted.length : index;
  return [`output of ${partner}, line ${at + 1}\n  reference ${wanted[at]}\n  product   ${got[at]}`];
}

function wantedOf({ outcome, faults, insz, replacedBy, routes, heldBack }: Verdict): Told {
  return {
    outcome,
    faults: sorted(faults.map(({ field, code, severity }) => ({ field, code, severity }))),
    ...(outcome === 'refused' ? {} : { insz, replacedBy }),
    receivers: sorted(
      routes.map(({ partner, acts, quality, filtered }) => ({
        receiver: partner,
        acts: acts.map(({ id, version }) => `${id} ${version}`).toSorted(),
        quality,
        filtered,
      })),
    ),
    heldBack: heldBack.toSorted(),
  };
}

function gotOf(one: Made['log'][number], faults: readonly Told[], { outcome }: Verdict): Told {
  return {
    outcome: one.outcome,
    faults: sorted(faults),
    ...(outcome === 'refused' ? {} : { insz: one.insz, replacedBy: one.replacedBy }),
    receivers: sorted(
      one.receivers.map(({ receiver, authorization, alsoAuthorizations = [], quality, filtered }) => ({
        receiver,
        acts: [authorization, ...alsoAuthorizations].map(({ id, version }) => `${id} ${version}`).toSorted(),
        quality,
        filtered,
      })),
    ),
    heldBack: [...(one.heldBack ?? [])].toSorted(),
  };
}

function sorted(ones: readonly Told[]): readonly Told[] {
  return ones.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}

/** Who got what, by key; several entries of one key add up. */
function merged(entries: readonly (readonly [string, readonly string[]])[]): unknown {
  const all = new Map<string, Set<string>>();
  for (const [key, receivers] of entries) all.set(key, new Set([...(all.get(key) ?? []), ...receivers]));
  return [...all].map(([key, receivers]) => [key, [...receivers].toSorted()]).toSorted();
}

function originalsOf({ originals }: Expected): unknown {
  return merged(originals.map((one) => [originalKey(one.reference, one.person), one.receivers]));
}

function originalsIn({ result }: Made): unknown {
  const entries = result.originals.flatMap(({ references, receivers }) =>
    (JSON.parse(references) as readonly string[]).map((one): readonly [string, readonly string[]] => [one, receivers]),
  );
  return merged(entries);
}
