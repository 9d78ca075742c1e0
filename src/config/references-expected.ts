import { type ConfigFiles, known } from './parse.ts';
import { choose, type Problem } from './problems.ts';

/** A file is expected once of a partner that is there and hands in files of this flow. */
export function expectedProblems({ flows, partners }: ConfigFiles): readonly Problem[] {
  const all = known(partners);
  const ids = all.map(({ value }) => value.id);
  return known(flows).flatMap(({ places, value }) =>
    value.expected.flatMap(({ from, every }, index): readonly Problem[] => {
      const at = ['expected', index, 'from'];
      const partner = all.find((one) => one.value.id === from);
      const earlier = value.expected.findIndex((one) => one.from === from && one.every === every);
      if (earlier !== index) {
        const message = `a file of "${from}" is expected every ${every} twice`;
        return [places.at(at, message, 'keep one of the two')];
      }
      if (partner === undefined) {
        return [places.at(at, `there is no partner "${from}"`, choose(from, ids, 'partner'))];
      }
      if (!partner.whole || partner.value.sends.includes(value.code)) return [];
      const senders = all.filter((one) => one.value.sends.includes(value.code)).map((one) => one.value.id);
      return [places.at(at, `"${from}" does not send ${value.code}`, choose(from, senders, 'sender'))];
    }),
  );
}
