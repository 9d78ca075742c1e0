/** One ADRM file about the persons of a reference directory, one record each in turn; the same persons, the same file. */
export function* addressMutations(persons: readonly string[], records: number): Generator<string> {
  yield 'record_no;ticket;ssin;ssin_replaced_by;mutation_code;effective_date;street;house_no;box;postal_code;' +
    'municipality_nis;country_nis;source;quality_code;quality_begin;quality_end\n';
  for (let number = 1; number <= records; number += 1) {
    const ssin = persons[(number * STRIDE) % persons.length] ?? '';
    const ticket = `7d1c0b8e-0000-4000-8000-${number.toString().padStart(12, '0')}`;
    yield `${number};${ticket};${ssin};;ADR;2026-01-05;Proefstraat;${number % 200};;1000;21004;00150;RR;010;2019-04-01;\n`;
  }
}

/** A prime, so that neighbouring records speak of persons far apart. */
const STRIDE = 7919;
